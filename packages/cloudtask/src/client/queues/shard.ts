import { checkFunction, rejectUnknownOptions } from "../../core/check-options.ts";
import { checkQueueId } from "../../core/resource-name.ts";

/** A function that returns the key by which an unnamed task is assigned to a shard. */
// The type of a method: its parameter is bivariant, so a key with an annotated parameter fits before the payload is inferred.
export type ShardKey<Payload> = { of(payload: Payload): string | number }["of"];

/**
 * Options of `shard()`.
 *
 * @example
 * ```ts
 * const options: ShardOptions<{ customer: string }> = { by: ({ customer }) => customer };
 * ```
 */
export interface ShardOptions<Payload = unknown> {
  /**
   * Returns the key of a payload. Unnamed tasks with the same key go to the same queue, for example the tasks of one customer.
   * Named tasks are assigned by their name. Default: unnamed tasks go to a random queue.
   */
  readonly by?: ShardKey<Payload> | undefined;
}

/**
 * Numbered queues that share the tasks of one queue. Created by `shard()`.
 *
 * @typeParam Name - the queue without a number
 * @typeParam Payload - the payload that `by` accepts
 *
 * @example
 * ```ts
 * const emails: ShardedQueue = shard("emails", 16);
 * ```
 */
export interface ShardedQueue<out Name extends string = string, Payload = never> {
  /** The name without a number. */
  readonly queue: Name;
  /** The number of queues. */
  readonly shards: number;
  /** The key of unnamed tasks. */
  readonly by: ShardKey<Payload> | undefined;
}

/** The limit of queues in a location. Source: https://cloud.google.com/tasks/docs/quotas */
const MAX_SHARDS = 1_000;

/**
 * Spreads tasks over numbered queues, `emails-0` to `emails-15` for 16 shards, because Cloud Tasks dispatches at most 500 tasks per
 * second from one queue. The spread is stable: a named task always goes to the same queue, so its name is deduplicated as in one
 * queue, and a larger number of shards moves only a few names.
 *
 * If the client describes the queue with `shards` in its `queues`, pushes to its name are spread without `shard()`.
 *
 * @param queue - the name without a number, at most 96 characters
 * @param shards - the number of queues, 2 to 1000; the queues must exist
 * @param options - `by` returns the key of unnamed tasks
 * @returns a queue for the `queue` of a client, a definition or a push
 * @throws TypeError for an invalid name, number or option
 *
 * @example
 * ```ts
 * const sendEmail = client.task("send-email", {
 *   queue: shard("emails", 16, { by: (email: { customer: string }) => email.customer }),
 *   run: async (email: { customer: string; text: string }) => mail.send(email),
 * });
 * ```
 */
export function shard<const Name extends string, Payload = unknown>(
  queue: Name,
  shards: number,
  options: ShardOptions<Payload> = {},
): ShardedQueue<Name, Payload> {
  const subject = `shard(${JSON.stringify(queue)})`;
  rejectUnknownOptions(options, ["by"], subject);
  checkFunction(options.by, `${subject}: by`);
  checkQueueId(queue, subject);
  checkShards(queue, shards, subject);
  return { queue, shards, by: options.by };
}

/** Checks whether a value has the shape of a sharded queue. Another copy of the package may have created it. */
export function isShardedQueue(value: unknown): value is ShardedQueue {
  return typeof value === "object" && value !== null && "queue" in value && "shards" in value;
}

function checkShards(queue: string, shards: unknown, subject: string): void {
  const isCount = typeof shards === "number" && Number.isInteger(shards) && shards >= 2 && shards <= MAX_SHARDS;
  if (!isCount) throw new TypeError(`${subject}: expected 2 to ${MAX_SHARDS} shards, received ${String(shards)}`);
  checkQueueId(shardName(queue, shards - 1), `${subject}: the last shard`);
}

/** Returns the name of one of the queues, counted from 0. */
export function shardName(queue: string, index: number): string {
  return `${queue}-${index}`;
}

/** Returns the names of all shards, in order of their numbers. */
export function shardNames({ queue, shards }: Pick<ShardedQueue, "queue" | "shards">): readonly string[] {
  return Array.from({ length: shards }, (_, index) => shardName(queue, index));
}
