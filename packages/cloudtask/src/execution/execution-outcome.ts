/** Why a delivery was discarded: answered as done although it was not, because no retry is wanted. */
export type DiscardReason = "invalid-payload" | "non-retriable" | "max-attempts" | "unknown-task";

/**
 * What a worker answers where a task was to be discarded and `onDiscard` failed: of all that Cloud Tasks reports of the attempt
 * before, the one thing that nobody else answers, neither Cloud Tasks after a timeout nor a front before the worker.
 */
export const DISCARD_FAILED_STATUS = 507;

/** How running a task ended. */
export type ExecutionOutcome =
  | { readonly kind: "success"; readonly result: unknown }
  | { readonly kind: "discarded"; readonly reason: DiscardReason; readonly error: unknown }
  | { readonly kind: "discard-failed"; readonly error: unknown }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "aborted"; readonly error: unknown };
