import type { PushResult } from "../push/push-options.ts";
import type { Task } from "../tasks/task.ts";

/** A task of a `pushMany()` that was pushed. */
export interface PushedTask {
  readonly status: "pushed";
  readonly task: Task;
  readonly result: PushResult;
}

/** A task of a `pushMany()` whose push failed, or was not begun. */
export interface FailedTask {
  readonly status: "failed";
  readonly task: Task;
  readonly error: unknown;
  /**
   * Whether the task may have been created all the same: its push was given up, timed out or lost its connection on the
   * way, so that nobody here knows. Pushing it again can then double it, unless it is named. `false` is certain. With
   * `eager: "remote"`, whether the worker may have run it.
   */
  readonly mayExist: boolean;
}

/** What became of one task of a `pushMany()`, as a `PushManyError` tells it. */
export type PushManyResult = PushedTask | FailedTask;
