import type { PushResult } from "../push/push-options.ts";
import type { Task } from "../tasks/task.ts";

/**
 * A task of a `pushMany()` that was pushed.
 *
 * @example
 * ```ts
 * const pushed = error.results.filter((each): each is PushedTask => each.status === "pushed");
 * console.log(pushed.map(({ result }) => result.id));
 * ```
 */
export interface PushedTask {
  readonly status: "pushed";
  /** The task. */
  readonly task: Task;
  /** The result of its push. */
  readonly result: PushResult;
}

/**
 * A task of a `pushMany()` whose push failed, or did not start.
 *
 * @example
 * ```ts
 * const failed = error.results.filter((each): each is FailedTask => each.status === "failed");
 * await client.pushMany(failed.filter(({ mayExist }) => !mayExist).map(({ task }) => task));
 * ```
 */
export interface FailedTask {
  readonly status: "failed";
  /** The task. */
  readonly task: Task;
  /** The error of its push. */
  readonly error: unknown;
  /**
   * `true` if the task may have been created, because its push was aborted, timed out or lost its connection before the
   * answer. If you push it again, it can run twice, unless it is named. If it is `false`, the task certainly does not exist.
   * With `eager: "remote"`, `true` if the worker may have run the task.
   */
  readonly mayExist: boolean;
}

/**
 * The result of one task of a `pushMany()`, in `PushManyError.results`.
 *
 * @example
 * ```ts
 * const describe = (each: PushManyResult) => (each.status === "pushed" ? each.result.id : String(each.error));
 * ```
 */
export type PushManyResult = PushedTask | FailedTask;
