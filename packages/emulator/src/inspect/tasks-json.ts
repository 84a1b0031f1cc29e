import type { EngineQueue, EngineState, EngineTask } from "../engine/engine-state.ts";
import { matchesName } from "../history/matches-name.ts";
import type { Query } from "../http/query.ts";
import { invalidArgument, RpcError } from "../service/rpc-error.ts";
import { attemptsPage } from "./attempts-json.ts";
import { definedFields } from "./defined-fields.ts";
import type { InspectParts } from "./inspect-parts.ts";
import type { TaskDetailJson, TasksJson } from "./inspect-types.ts";
import { cursorOf, limitOf, readCursor } from "./paging.ts";
import { requestJson, taskJson } from "./task-json.ts";

/** Tasks to examine per page at most. A queue can have a million tasks of which none matches. */
const MAX_EXAMINED = 5_000;

/** Tasks to read from a queue at once. */
const BATCH_SIZE = 200;

const MAX_ATTEMPTS = 100;

/** The position of the last task of a page: its queue and sequence. */
interface Position {
  readonly queue: string;
  readonly sequence: number;
}

/** Answers GET /inspect/tasks. */
export function tasksJson(parts: InspectParts, query: Query): TasksJson {
  const state = query.text("state");
  if (!["", "waiting", "running"].includes(state)) {
    throw invalidArgument(`state: expected waiting or running; received ${JSON.stringify(state)}`);
  }
  const { engine } = parts;
  const limit = limitOf(query);
  const position = positionOf(query);
  const queues = queuesFrom(engine, query.text("queue"), position);
  const tasks = state === "running" ? runningTasks(parts, queues, position) : allTasks(queues, position);
  const found: EngineTask[] = [];
  let examined = 0;
  for (const task of tasks) {
    examined += 1;
    if (state !== "waiting" || task.running === 0) found.push(task);
    if (found.length < limit && examined < MAX_EXAMINED) continue;
    const nextCursor = cursorOf([task.queue.record.name, task.record.sequence]);
    return { tasks: found.map((each) => taskJson(parts, each)), nextCursor };
  }
  return { tasks: found.map((each) => taskJson(parts, each)) };
}

/** Answers GET /inspect/tasks/{full name}. */
export function oneTaskJson(parts: InspectParts, name: string): TaskDetailJson {
  const { engine, info } = parts;
  const [, queueName = "", id = ""] = /^(.+)\/tasks\/([^/]+)$/.exec(name) ?? [];
  const found = engine.queues.get(queueName)?.tasks.get(id);
  const attempts = attemptsPage(parts, { task: name, limit: MAX_ATTEMPTS });
  if (!found && attempts.attempts.length === 0) {
    throw new RpcError("NOT_FOUND", `No task ${JSON.stringify(name)}, and no attempt of it in the history.`);
  }
  if (!found) return attempts;
  const { request: _, ...task } = taskJson(parts, found);
  const request = requestJson(parts, found.record, info.options.history.bodyBytes);
  return { task: { ...task, ...definedFields({ request }) }, ...attempts };
}

/** Returns the queues that match and are not before the position, in order of name. */
function queuesFrom(engine: EngineState, queueName: string, position: Position | undefined): EngineQueue[] {
  return [...engine.queues.values()]
    .filter(
      ({ record: { name } }) =>
        (queueName === "" || matchesName(queueName, name)) && (!position || name >= position.queue),
    )
    .sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
}

function* allTasks(queues: readonly EngineQueue[], position: Position | undefined): Generator<EngineTask> {
  for (const queue of queues) {
    let after = position?.queue === queue.record.name ? position.sequence : 0;
    for (;;) {
      const tasks = queue.log.page(after, BATCH_SIZE);
      yield* tasks;
      const last = tasks.at(-1);
      if (!last) break;
      after = last.record.sequence;
    }
  }
}

/** Returns the tasks with an attempt in flight. They are few, even if many tasks wait. */
function runningTasks(
  { driver }: InspectParts,
  queues: readonly EngineQueue[],
  position: Position | undefined,
): readonly EngineTask[] {
  const order = new Map(queues.map((queue, index) => [queue, index]));
  const queueIndex = (task: EngineTask): number => order.get(task.queue) ?? -1;
  return [...new Set(driver.running().map(({ task }) => task))]
    .filter((task) => !task.removed && queueIndex(task) >= 0 && isAfter(task, position))
    .sort((a, b) => queueIndex(a) - queueIndex(b) || a.record.sequence - b.record.sequence);
}

function isAfter({ queue, record }: EngineTask, position: Position | undefined): boolean {
  return queue.record.name !== position?.queue || record.sequence > position.sequence;
}

function positionOf(query: Query): Position | undefined {
  const [queue, sequence] = readCursor(query);
  if (queue === undefined) return undefined;
  if (typeof queue === "string" && typeof sequence === "number") return { queue, sequence };
  throw invalidArgument("cursor: expected a cursor of this list; received one of another list");
}
