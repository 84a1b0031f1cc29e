import { matchesAnswer } from "../failures/matches-answer.ts";
import { findInSlices, type SlicedPage } from "../find-in-slices.ts";
import type { InspectParts } from "../inspect-parts.ts";
import type { Slices } from "../slices.ts";
import { matchesFilter } from "./matches-filter.ts";
import type { TaskItem, TaskPosition } from "./task-item.ts";
import type { TaskQuery } from "./task-query.ts";
import { taskSources } from "./task-sources.ts";

/** A search for a page of tasks. */
export interface TaskSearch {
  readonly parts: InspectParts;
  readonly query: TaskQuery;
  readonly after: TaskPosition | undefined;
  readonly limit: number;
  /** Decides which tasks are due, in milliseconds since the epoch. */
  readonly now: number;
  readonly slices: Slices;
}

/** The tasks that a search found. */
export type TaskPage = SlicedPage<TaskItem>;

/** Finds the next tasks of a list, in slices. */
export function findTasks({ parts, query, after, limit, now, slices }: TaskSearch): Promise<TaskPage> {
  return findInSlices({
    after: (last) => taskSources(parts, query, last ?? after, now),
    matches: (item) =>
      isCreatedIn(query, item) && matchesFilter(parts, query, item, now) && hasAnswer(parts, query, item),
    limit,
    slices,
  });
}

function hasAnswer(parts: InspectParts, { answer }: TaskQuery, item: TaskItem): boolean {
  return answer === undefined || matchesAnswer(parts, answer, item);
}

/** In the order of creation, the sources do not know the limits of the time. */
function isCreatedIn({ sort, from, to }: TaskQuery, { task, finished }: TaskItem): boolean {
  if (sort !== "create") return true;
  const createdAt = task ? task.record.createdAt : finished.last.createdAt;
  return createdAt >= from && createdAt < to;
}
