import type { Envelope } from "../payload/codec.ts";
import type { DiscardReason } from "./execution-outcome.ts";
import type { Registry, TaskRecord } from "./registry.ts";
import type { DeliveryFacts } from "./run.ts";

/** The properties of a delivery's request that its dead letter repeats. */
export interface ReceivedRequest {
  readonly kind: "http" | "appEngine";
  readonly headers: Headers;
}

/** A delivery that was discarded. */
export interface DiscardedTask {
  /** The name of the definition, as the body states it. */
  readonly task: string;
  /** `undefined` if no definition has that name. */
  readonly record: TaskRecord | undefined;
  readonly reason: DiscardReason;
  readonly error: unknown;
  /** The id of the task in its queue; empty if the request was not sent by Cloud Tasks. */
  readonly id: string;
  readonly queue: string;
  /** The number of the attempt, counted from 1. */
  readonly attempt: number;
  /** The arrival of the request, in milliseconds since the epoch. */
  readonly arrivedMs: number;
  readonly received: ReceivedRequest;
  /** The body as it arrived. */
  readonly body: string;
}

/**
 * Keeps a discarded task as a dead letter, if one is configured for it. The client supplies this function, because it needs the
 * API.
 */
export type KeepDiscarded = (discarded: DiscardedTask) => Promise<void>;

/** Keeps a delivery as a dead letter, if one is configured for it. */
export async function keepDelivery(
  { keepDiscarded }: Pick<Registry, "keepDiscarded">,
  discard: Pick<DiscardedTask, "record" | "reason" | "error">,
  { task, body }: Envelope,
  { received, id, queue, retryCount, arrivedMs = Date.now() }: DeliveryFacts,
): Promise<void> {
  if (received === undefined) return;
  await keepDiscarded?.({ ...discard, task, body, received, id, queue, arrivedMs, attempt: retryCount + 1 });
}
