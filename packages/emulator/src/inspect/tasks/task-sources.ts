import type { EngineQueue, EngineTask } from "../../engine/engine-state.ts";
import type { SortedList } from "../../engine/sorted-list.ts";
import { matchesName } from "../../history/matches-name.ts";
import type { FinishedTask } from "../../history/tasks/finished-task.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { mergeSorted } from "../merge-sorted.ts";
import { finishedItem, isBefore, liveItem, type TaskItem, type TaskPosition } from "./task-item.ts";
import type { TaskQuery } from "./task-query.ts";

type Parts = Pick<InspectParts, "engine" | "driver" | "history">;
type Items = Iterable<TaskItem, void, undefined>;

const LAST: TaskPosition = { at: Number.POSITIVE_INFINITY, sequence: Number.POSITIVE_INFINITY };
const FIRST: TaskPosition = { at: Number.NEGATIVE_INFINITY, sequence: Number.NEGATIVE_INFINITY };

/** The positions before the first and after the last item of a list. */
interface Range {
  readonly after: TaskPosition;
  readonly before: TaskPosition;
}

/**
 * Returns the tasks that a list may contain, in its order. The caller applies the filters. Tasks must not change before the
 * iteration ends; afterwards, continue after the last item.
 *
 * @param after - the last item of the previous page
 * @param now - decides which tasks are due, in milliseconds since the epoch
 */
export function taskSources(parts: Parts, query: TaskQuery, after: TaskPosition | undefined, now: number): Items {
  const range = rangeOf(query, after);
  const queues = [...parts.engine.queues.values()].filter(
    ({ record: { name } }) => query.queue === undefined || matchesName(query.queue, name),
  );
  const sources: Items[] = [];
  if (query.sort === "finish") sources.push(finishedIn(parts.history.tasks.lists.byFinish, query, range));
  else if (query.sort === "schedule") sources.push(...bySchedule(parts, queues, query, range, now));
  else sources.push(...byCreation(parts, queues, query, range));
  return mergeSorted(sources, query.isReverse ? (a, b) => isBefore(b, a) : isBefore);
}

function rangeOf({ sort, isReverse, from, to }: TaskQuery, after: TaskPosition | undefined): Range {
  // Times of creation are checked by the filter, because the order of creation has no times.
  const start = sort === "create" ? FIRST : { at: from, sequence: Number.NEGATIVE_INFINITY };
  const end = sort === "create" ? LAST : { at: to, sequence: Number.NEGATIVE_INFINITY };
  if (!after) return { after: start, before: end };
  return isReverse
    ? { after: start, before: isBefore(after, end) ? after : end }
    : { after: isBefore(start, after) ? after : start, before: end };
}

function bySchedule(
  { driver }: Parts,
  queues: readonly EngineQueue[],
  query: TaskQuery,
  range: Range,
  now: number,
): Items[] {
  const { states } = query;
  const isDueOnly = !states.has("scheduled") && !states.has("retrying");
  const limit = { at: now, sequence: Number.POSITIVE_INFINITY };
  // Skips the tasks on the other side of now, of which there can be a million.
  const waiting: Range = {
    after: states.has("due") || isBefore(limit, range.after) ? range.after : limit,
    before: isDueOnly && isBefore(limit, range.before) ? limit : range.before,
  };
  const item = (task: EngineTask): TaskItem => liveItem(task, "schedule");
  const sources = queues.flatMap((queue): Items[] => [
    ...(states.has("due") || states.has("scheduled") ? [itemsOf(queue.waiting.fresh, item, waiting, query)] : []),
    ...(states.has("due") || states.has("retrying") ? [itemsOf(queue.waiting.retrying, item, waiting, query)] : []),
  ]);
  return states.has("running") ? [...sources, running(driver, queues, query, range)] : sources;
}

function byCreation(
  { driver, history }: Parts,
  queues: readonly EngineQueue[],
  query: TaskQuery,
  range: Range,
): Items[] {
  const { states } = query;
  const isWaiting = states.has("scheduled") || states.has("due") || states.has("retrying");
  const live = isWaiting
    ? queues.map((queue) => createdIn(queue, query, range))
    : states.has("running")
      ? [running(driver, queues, query, range)]
      : [];
  return [...live, finishedIn(history.tasks.lists.byCreation, query, range)];
}

function* createdIn(
  { log }: EngineQueue,
  { isReverse }: TaskQuery,
  { after, before }: Range,
): Generator<TaskItem, void, undefined> {
  const tasks = isReverse ? log.back(before.sequence) : log.from(after.sequence);
  for (const task of tasks) {
    const item = liveItem(task, "create");
    if (isReverse ? !isBefore(after, item) : !isBefore(item, before)) return;
    yield item;
  }
}

/** Tasks with an attempt in flight are few, even if many tasks wait. */
function running(
  driver: Parts["driver"],
  queues: readonly EngineQueue[],
  { sort, isReverse }: TaskQuery,
  range: Range,
): TaskItem[] {
  const selected = new Set(queues);
  const tasks = new Set(driver.running().map(({ task }) => task));
  return [...tasks]
    .filter((task) => !task.removed && selected.has(task.queue))
    .map((task) => liveItem(task, sort))
    .filter((item) => isBefore(range.after, item) && isBefore(item, range.before))
    .sort((a, b) => (isBefore(a, b) === isReverse ? 1 : -1));
}

function* finishedIn(
  list: SortedList<FinishedTask>,
  query: TaskQuery,
  range: Range,
): Generator<TaskItem, void, undefined> {
  const items = itemsOf(list, (finished) => finishedItem(finished, query.sort), range, query);
  for (const item of items) {
    if (query.queue === undefined || matchesName(query.queue, item.finished?.last.queue ?? "")) yield item;
  }
}

function* itemsOf<T>(
  list: SortedList<T>,
  itemOf: (entry: T) => TaskItem,
  { after, before }: Range,
  { isReverse }: TaskQuery,
): Generator<TaskItem, void, undefined> {
  const entries = isReverse
    ? list.back((entry) => isBefore(itemOf(entry), before))
    : list.from((entry) => !isBefore(after, itemOf(entry)));
  for (const entry of entries) {
    const item = itemOf(entry);
    if (isReverse ? !isBefore(after, item) : !isBefore(item, before)) return;
    yield item;
  }
}
