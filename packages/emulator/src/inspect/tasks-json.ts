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

/** A page looks at no more tasks than these: a queue may hold a million, of which none is asked for. */
const MOST_LOOKED_AT = 5_000;

/** Tasks are read from a queue so many at a time. */
const AT_ONCE = 200;

const NEWEST_ATTEMPTS = 100;

/** Where a page ended: the queue, and the sequence of its last task. */
interface Place {
  readonly queue: string;
  readonly sequence: number;
}

/** GET /inspect/tasks */
export function tasksJson(parts: InspectParts, query: Query): TasksJson {
  const state = query.text("state");
  if (!["", "waiting", "running"].includes(state)) {
    throw invalidArgument(`state: expected waiting or running; received ${JSON.stringify(state)}`);
  }
  const { engine } = parts;
  const limit = limitOf(query);
  const place = placeOf(query);
  const queues = queuesFrom(engine, query.text("queue"), place);
  const tasks = state === "running" ? runningTasks(parts, queues, place) : allTasks(queues, place);
  const found: EngineTask[] = [];
  let looked = 0;
  for (const task of tasks) {
    looked += 1;
    if (state !== "waiting" || task.running === 0) found.push(task);
    if (found.length < limit && looked < MOST_LOOKED_AT) continue;
    const nextCursor = cursorOf([task.queue.record.name, task.record.sequence]);
    return { tasks: found.map((each) => taskJson(engine, each)), nextCursor };
  }
  return { tasks: found.map((each) => taskJson(engine, each)) };
}

/** GET /inspect/tasks/{full name} */
export function oneTaskJson(parts: InspectParts, name: string): TaskDetailJson {
  const { engine, info } = parts;
  const [, queueName = "", id = ""] = /^(.+)\/tasks\/([^/]+)$/.exec(name) ?? [];
  const found = engine.queues.get(queueName)?.tasks.get(id);
  const attempts = attemptsPage(parts, { task: name, limit: NEWEST_ATTEMPTS });
  if (!found && attempts.attempts.length === 0) {
    throw new RpcError("NOT_FOUND", `No task ${JSON.stringify(name)}, and no attempt of one in the history.`);
  }
  if (!found) return attempts;
  const { request: _, ...task } = taskJson(engine, found);
  const request = requestJson(engine, found.record, info.options.history.bodyBytes);
  return { task: { ...task, ...definedFields({ request }) }, ...attempts };
}

/** The queues that a page can hold tasks of, by name. */
function queuesFrom(engine: EngineState, given: string, place: Place | undefined): EngineQueue[] {
  return [...engine.queues.values()]
    .filter(({ record: { name } }) => (given === "" || matchesName(given, name)) && (!place || name >= place.queue))
    .sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
}

function* allTasks(queues: readonly EngineQueue[], place: Place | undefined): Generator<EngineTask> {
  for (const queue of queues) {
    let after = place?.queue === queue.record.name ? place.sequence : 0;
    for (;;) {
      const tasks = queue.log.page(after, AT_ONCE);
      yield* tasks;
      const last = tasks.at(-1);
      if (!last) break;
      after = last.record.sequence;
    }
  }
}

/** Those that are attempted right now: few, however many wait. */
function runningTasks(
  { driver }: InspectParts,
  queues: readonly EngineQueue[],
  place: Place | undefined,
): readonly EngineTask[] {
  const order = new Map(queues.map((queue, index) => [queue, index]));
  const placed = (task: EngineTask): number => order.get(task.queue) ?? -1;
  return [...new Set(driver.running().map(({ task }) => task))]
    .filter((task) => !task.removed && placed(task) >= 0 && isAfter(task, place))
    .sort((a, b) => placed(a) - placed(b) || a.record.sequence - b.record.sequence);
}

function isAfter({ queue, record }: EngineTask, place: Place | undefined): boolean {
  return queue.record.name !== place?.queue || record.sequence > place.sequence;
}

function placeOf(query: Query): Place | undefined {
  const [queue, sequence] = readCursor(query);
  if (queue === undefined) return undefined;
  if (typeof queue === "string" && typeof sequence === "number") return { queue, sequence };
  throw invalidArgument("cursor: it is of another list");
}
