import { liveStates } from "../../../engine/task-counts.ts";
import { finishedStates } from "../../../history/tasks/finished-counts.ts";
import type { FinishedTask } from "../../../history/tasks/finished-task.ts";
import type { InspectParts } from "../../inspect-parts.ts";
import { Slices } from "../../slices.ts";
import { findTasks } from "../../tasks/find-tasks.ts";
import type { TaskItem, TaskPosition } from "../../tasks/task-item.ts";
import type { TaskQuery } from "../../tasks/task-query.ts";
import type { Job } from "./job.ts";

/** Tasks to find at once. */
export const BATCH_SIZE = 100;

/** A batch of the tasks that match a filter. */
interface Batch {
  readonly items: readonly TaskItem[];
  /** The tasks that were examined for it, and do not belong to the job. */
  readonly others: number;
}

/** Finds the tasks that exist and match a filter, oldest first. Tasks that are created meanwhile are not among them. */
export async function* liveBatches(parts: InspectParts, job: Job, filter: TaskQuery): AsyncGenerator<Batch, void> {
  yield* batches(parts, job, { ...filter, states: new Set(liveStates.filter((state) => filter.states.has(state))) });
}

/** Finds the finished tasks that match a filter, oldest first. Tasks that finish meanwhile are not among them. */
export async function finishedTasks(parts: InspectParts, job: Job, filter: TaskQuery): Promise<FinishedTask[]> {
  const { lastId } = parts.history;
  const states = new Set(finishedStates.filter((state) => filter.states.has(state)));
  const found: FinishedTask[] = [];
  for await (const { items } of batches(parts, job, { ...filter, states })) {
    for (const { finished } of items) if (finished && finished.last.id <= lastId) found.push(finished);
  }
  return found;
}

async function* batches(parts: InspectParts, job: Job, filter: TaskQuery): AsyncGenerator<Batch, void> {
  const { lastSequence } = parts.engine;
  const limits = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const query: TaskQuery = { ...filter, ...limits, sort: "create", isReverse: false };
  const slices = new Slices(Number.POSITIVE_INFINITY);
  let after: TaskPosition | undefined;
  while (job.isRunning) {
    const now = parts.clock.now();
    const { items, end, examined } = await findTasks({ parts, query, after, limit: BATCH_SIZE, now, slices });
    const own = items.filter((item) => item.sequence <= lastSequence && isListed(filter, item));
    yield { items: own, others: examined - own.length };
    if (!end || end.sequence > lastSequence) return;
    after = end;
  }
}

/** Checks whether the list with this filter contains a task: its order selects tasks too, and decides which time is limited. */
function isListed({ sort, from, to }: TaskQuery, item: TaskItem): boolean {
  const at = timeOf(sort, item);
  return at !== undefined && at >= from && at < to;
}

function timeOf(sort: TaskQuery["sort"], { task, finished }: TaskItem): number | undefined {
  if (sort === "schedule") return task?.record.scheduledAt;
  if (sort === "finish") return finished?.last.at;
  return task ? task.record.createdAt : finished.last.createdAt;
}
