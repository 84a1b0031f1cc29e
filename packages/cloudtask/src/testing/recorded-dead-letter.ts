import { readDeadLetterHeaders } from "../core/dead-letter-headers.ts";
import type { DiscardReason } from "../execution/execution-outcome.ts";
import type { Registry } from "../execution/registry.ts";
import { parsePayload, type StoredTask } from "./stored-task.ts";

/**
 * A dead letter that a test client recorded: a discarded task that Cloud Tasks would keep in a dead-letter queue.
 *
 * @typeParam Payload - the payload type of the definition
 *
 * @example
 * ```ts
 * const [letter] = tasks.deadLetters(chargeCard);
 * expect(letter).toMatchObject({ payload: { orderId: 1 }, reason: "max-attempts", queue: "payments-dead" });
 * ```
 */
export interface RecordedDeadLetter<out Payload = unknown> {
  /** The name of the definition. */
  readonly task: string;
  /** The payload as it was pushed: the input of the worker's schema. */
  readonly payload: Payload;
  /** The reason of the discard. */
  readonly reason: DiscardReason;
  /** The message of the error, without secrets. */
  readonly message: string | undefined;
  /** The number of attempts. */
  readonly attempts: number | undefined;
  /** The times of the first and the last attempt, by the test client's clock. */
  readonly firstAt: Date | undefined;
  readonly lastAt: Date | undefined;
  /** The id of the queue that the task was delivered from. */
  readonly homeQueue: string | undefined;
  /** The id of the task in its home queue. */
  readonly originalId: string | undefined;
  /** The id of the dead-letter queue. */
  readonly queue: string;
  /** The id of the dead letter in its queue. */
  readonly id: string;
}

/** Creates the record of a dead letter. */
export function createRecordedDeadLetter(task: StoredTask, registry: Registry): RecordedDeadLetter {
  const headers = new Headers(task.requested.headers);
  const facts = readDeadLetterHeaders((name) => headers.get(name));
  const { firstMs, lastMs, message, attempts, homeQueue, originalId, reason } = facts ?? {};
  return Object.freeze({
    ...parsePayload(task.body, registry.serializer),
    reason: reason as DiscardReason,
    message,
    attempts,
    firstAt: firstMs === undefined ? undefined : new Date(firstMs),
    lastAt: lastMs === undefined ? undefined : new Date(lastMs),
    homeQueue,
    originalId,
    queue: task.queue,
    id: task.id,
  });
}
