import { isBrandedError } from "../../core/errors/cloud-task-error.ts";
import { mayHaveActed } from "../../transport/retry-policy.ts";

/**
 * The effect that a failed push may have had. The error alone does not show it: an attempt before the last one may have created
 * the task, and in eager mode a handler may throw the error of another push.
 */
export interface PushTrace {
  /** Whether an attempt may have created the task (in eager mode: run it) without a clear answer. */
  mayExist: boolean;
}

/** Notes the failure of an attempt that was started. */
export function traceFailure(trace: PushTrace, failure: unknown): void {
  // The error of a user's own transport shows nothing. An aborted request may already have been sent.
  trace.mayExist ||= !isBrandedError(failure) || mayHaveActed(failure);
}
