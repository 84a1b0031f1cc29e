/** Why a delivery was discarded: answered as done although it was not, because no retry is wanted. */
export type DiscardReason = "invalid-payload" | "non-retriable" | "max-attempts" | "unknown-task";

/** How running a task ended. */
export type ExecutionOutcome =
  | { readonly kind: "success"; readonly result: unknown }
  | { readonly kind: "discarded"; readonly reason: DiscardReason; readonly error: unknown }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "aborted"; readonly error: unknown };
