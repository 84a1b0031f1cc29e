import { isBrandedError } from "../../core/errors/cloud-task-error.ts";
import { mayHaveActed } from "../../transport/retry-policy.ts";
import type { PushOptions } from "./push-options.ts";

/**
 * What a push leaves behind where it fails. The error alone cannot tell: a try before the last one may have acted, and
 * what a handler throws in eager mode may be the error of another push.
 */
export interface PushTrace {
  /** Whether a try of it may have created the task (in eager mode: run it) without an answer that says so. */
  mayExist: boolean;
}

/** Under which a push's options carry its trace. */
export const TRACE: unique symbol = Symbol("cloudtask.trace");

/** Push options, with a trace for whoever pushes. */
export interface TracedPushOptions extends PushOptions {
  readonly [TRACE]?: PushTrace;
}

/**
 * Notes what a try that failed may have left behind.
 *
 * @param trace - the push's
 * @param failure - what a call that was begun failed with
 */
export function traceFailure(trace: PushTrace, failure: unknown): void {
  // A transport's own error that is none of this family says nothing; one that was given up may have been on its way.
  trace.mayExist ||= !isBrandedError(failure) || failure.code === "ABORTED" || mayHaveActed(failure);
}
