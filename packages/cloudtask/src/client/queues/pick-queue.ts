import { placeOf } from "../../core/rendezvous.ts";
import type { QueueChoice } from "./client-queues.ts";
import { type ShardedQueue, type ShardKey, shardName } from "./shard.ts";

/** The push that needs a queue. */
export interface ShardedPush {
  /** The identity of a named task, without the parts that change with time; `undefined` for an unnamed task. */
  readonly spreadBy: string | undefined;
  readonly payload: unknown;
  /** The start of messages: `pushing "…"`. */
  readonly subject: string;
}

/** The queue of a push. */
export interface PickedQueue {
  /** The id of the queue. */
  readonly queue: string;
  /** The shards of which the queue was selected at random. */
  readonly randomOf: ShardedQueue | undefined;
}

/**
 * Selects the queue of a push. A named task always gets the same shard, because a name is only taken within one queue.
 *
 * @throws TypeError if `by` returns no key; the error of `by`
 */
export function pickQueue(choice: QueueChoice, { spreadBy, payload, subject }: ShardedPush): PickedQueue {
  if (typeof choice === "string") return { queue: choice, randomOf: undefined };
  const { queue, shards, by } = choice;
  const key = spreadBy ?? (by === undefined ? undefined : keyOf(by, payload, subject));
  if (key !== undefined) return { queue: shardFor(choice, key), randomOf: undefined };
  return { queue: shardName(queue, Math.floor(Math.random() * shards)), randomOf: choice };
}

/** Returns the id of the queue for a key. */
export function shardFor({ queue, shards }: ShardedQueue, key: string): string {
  return shardName(queue, placeOf(key, shards));
}

function keyOf(by: ShardKey<never>, payload: unknown, subject: string): string {
  const key: unknown = by(payload as never);
  if (typeof key === "string" || (typeof key === "number" && Number.isFinite(key))) return String(key);
  throw new TypeError(`${subject}: \`by\` of shard() must return a string or a number, received ${typeof key}`);
}
