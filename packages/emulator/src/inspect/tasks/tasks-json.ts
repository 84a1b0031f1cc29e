import type { Query } from "../../http/query.ts";
import { invalidArgument } from "../../service/rpc-error.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { cursorOf, limitOf, readCursor } from "../paging.ts";
import { Slices } from "../slices.ts";
import type { TaskJson, TasksJson } from "../types/task-types.ts";
import { findTasks, type TaskPage } from "./find-tasks.ts";
import { finishedTaskJson, wholeFinishedTask } from "./finished-task-json.ts";
import { taskCountsJson } from "./task-counts-json.ts";
import type { TaskItem, TaskPosition } from "./task-item.ts";
import { taskJson } from "./task-json.ts";
import { type TaskQuery, taskQueryOf } from "./task-query.ts";

/** Answers GET /inspect/tasks. */
export async function tasksJson(parts: InspectParts, query: Query): Promise<TasksJson> {
  const taskQuery = taskQueryOf(query);
  const limit = limitOf(query);
  const after = positionOf(query, taskQuery);
  const slices = new Slices();
  const counts = await taskCountsJson(parts, taskQuery, slices);
  const now = parts.clock.now();
  const page = await findTasks({ parts, query: taskQuery, after, limit, now, slices });
  const tasks = page.items.flatMap((item) => itemJson(parts, item, now) ?? []);
  return { tasks, ...pageEnd(page, taskQuery), examined: page.examined, counts };
}

/** Returns the JSON of a task; `undefined` if its attempts have left the history since it was found. */
function itemJson(parts: InspectParts, { task, finished }: TaskItem, now: number): TaskJson | undefined {
  if (task) return taskJson(parts, task, now);
  const whole = wholeFinishedTask(parts.history, finished);
  if (!whole) return undefined;
  const { last } = whole;
  return finishedTaskJson(whole, last.attempt === 1 ? [last] : parts.history.ofTask(last.task));
}

/** Returns the fields of a page that tell how to continue. */
export function pageEnd(
  { end, isPartial }: TaskPage,
  { sort, isReverse }: TaskQuery,
): Pick<TasksJson, "nextCursor" | "isPartial"> {
  if (!end) return {};
  const cursor = cursorOf([`${isReverse ? "-" : ""}${sort}`, end.at, end.sequence]);
  return { nextCursor: cursor, ...definedFields({ isPartial: isPartial || undefined }) };
}

/** @throws RpcError if the cursor belongs to a list with another order */
export function positionOf(query: Query, { sort, isReverse }: TaskQuery): TaskPosition | undefined {
  const [order, at, sequence] = readCursor(query);
  if (order === undefined) return undefined;
  const isOwn = order === `${isReverse ? "-" : ""}${sort}`;
  if (isOwn && typeof at === "number" && typeof sequence === "number") return { at, sequence };
  throw invalidArgument("cursor: expected a cursor of this list; received one of another list or of another order");
}
