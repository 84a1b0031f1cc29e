import { isBrandedError } from "../../core/errors/cloud-task-error.ts";
import { mayHaveActed } from "../../transport/may-have-acted.ts";

/**
 * The effect that a failed push may have had. The error does not show it: an attempt before the last one may have created the
 * task, and in eager mode a handler may throw the error of another push.
 */
export interface PushTrace {
  /** `true` if an attempt may have created the task (in eager mode: run it) without a clear answer. */
  mayExist: boolean;
}

/** Records the failure of an attempt that was started. */
export function traceFailure(trace: PushTrace, failure: unknown): void {
  // An error of a custom transport does not show whether the request was sent. An aborted request may have been sent.
  trace.mayExist ||= !isBrandedError(failure) || mayHaveActed(failure);
}
