import { isShardedQueue, type ShardedQueue } from "../../client/queues/shard.ts";
import { ApiError } from "../../core/errors/api-error.ts";
import { checkQueueId } from "../../core/resource-name.ts";
import type { AdminContext, CallOptions } from "../admin-context.ts";
import { listQueues } from "./list-queues.ts";
import type { Queue, QueueStats } from "./queue.ts";

/**
 * The numbered queues that replace one queue, and their totals.
 *
 * @example
 * ```ts
 * const { queues, stats }: QueueShards = await admin.queues.shards("emails");
 * console.log(`${stats?.tasksCount} tasks in ${queues.length} queues`);
 * ```
 */
export interface QueueShards {
  /** The name without a number. */
  readonly id: string;
  /** The queues, by number. */
  readonly queues: readonly Queue[];
  /** The maximum number of dispatches per second, of all queues together. */
  readonly rate: number;
  /** The maximum number of deliveries at the same time, of all queues together. */
  readonly concurrency: number;
  /** The sums of all queues, and the earliest `oldestArrival`. `undefined` if the API has no statistics. */
  readonly stats: QueueStats | undefined;
}

/** Finds the numbered queues of a name, and adds them up. */
export async function queueShards(
  context: AdminContext,
  queue: string | ShardedQueue,
  options: CallOptions,
): Promise<QueueShards> {
  const subject = "Could not get the shards";
  const id = checkQueueId(isShardedQueue(queue) ? queue.queue : queue, `${subject}: queue`);
  const location = await context.location(`${subject} of ${id}`, options);
  const found = new Map<number, Queue>();
  for await (const each of listQueues(context, location, { stats: true, signal: options.signal })) {
    const [, number] = each.id.startsWith(`${id}-`) ? (/^-(0|[1-9]\d*)$/.exec(each.id.slice(id.length)) ?? []) : [];
    if (number !== undefined) found.set(Number(number), each);
  }
  const queues = [...found].sort(([a], [b]) => a - b).map(([, each]) => each);
  if (queues.length === 0) throw noShards(id, location);
  return { id, queues, ...sumOf(queues) };
}

function sumOf(queues: readonly Queue[]): Pick<QueueShards, "rate" | "concurrency" | "stats"> {
  const all = queues.flatMap(({ stats }) => stats ?? []);
  return {
    rate: total(queues, ({ rate }) => rate),
    concurrency: total(queues, ({ concurrency }) => concurrency),
    stats: all.length < queues.length ? undefined : statsOf(all),
  };
}

function statsOf(all: readonly QueueStats[]): QueueStats {
  const arrivals = all.flatMap(({ oldestArrival }) => oldestArrival?.getTime() ?? []);
  return {
    tasksCount: total(all, ({ tasksCount }) => tasksCount),
    oldestArrival: arrivals.length === 0 ? undefined : new Date(Math.min(...arrivals)),
    executedLastMinute: total(all, ({ executedLastMinute }) => executedLastMinute),
    concurrentDispatches: total(all, ({ concurrentDispatches }) => concurrentDispatches),
    effectiveRate: total(all, ({ effectiveRate }) => effectiveRate),
  };
}

function total<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0);
}

function noShards(id: string, location: string): ApiError {
  const message = `Could not get the shards of ${id}: ${location} has no queue ${id}-0. Create them with admin.queues.plan().`;
  return new ApiError(message, { status: "NOT_FOUND", httpStatus: 404, apiMessage: "" });
}
