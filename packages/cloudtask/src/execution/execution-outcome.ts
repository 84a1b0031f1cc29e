/** The reason why a delivery was discarded: answered with 200 although it failed, because it must not be retried. */
export type DiscardReason = "invalid-payload" | "non-retriable" | "max-attempts" | "unknown-task";

/**
 * The status that a worker answers if `onDiscard` failed. The next attempt recognizes it in the status of its previous attempt.
 * No one else answers 507: neither Cloud Tasks after a timeout, nor a proxy in front of the worker.
 */
export const DISCARD_FAILED_STATUS = 507;

/** The outcome of running a task. The `summary` states the task and the error, without secrets, for the answer. */
export type ExecutionOutcome =
  | { readonly kind: "success"; readonly result: unknown }
  | { readonly kind: "discarded"; readonly reason: DiscardReason; readonly error: unknown; readonly summary: string }
  | { readonly kind: "discard-failed"; readonly error: unknown; readonly summary: string }
  | { readonly kind: "error"; readonly error: unknown; readonly summary: string }
  | { readonly kind: "aborted"; readonly error: unknown; readonly summary: string };
