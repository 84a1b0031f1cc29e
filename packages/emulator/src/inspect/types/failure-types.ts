/**
 * GET /inspect/failures — the failed and discarded attempts of the history, grouped by their answer: at most the newest 10,000.
 *
 * Filters, which must all match: `queue` and `definition`, as for tasks, and `from` and `to`, which limit the time at which an
 * attempt finished. `limit` is 100 by default, 1000 at most.
 */
export interface FailuresJson {
  /** The groups with the most unresolved tasks first, then those with the most tasks. */
  readonly groups: readonly FailureGroupJson[];
  /** The groups that `limit` left out. */
  readonly others: number;
  /** When the oldest attempt finished that was examined; left out if there is none. Earlier ones are no longer known. */
  readonly since?: string;
}

/** Attempts of one task definition with similar answers. Tasks without a definition are grouped by their queue. */
export interface FailureGroupJson {
  /** The name of the task definition; left out for tasks without one. */
  readonly definition?: string;
  /** The full names of the queues, in order. */
  readonly queues: readonly string[];
  /** The HTTP status; left out if there was no answer. */
  readonly status?: number;
  /** `true` if the worker discarded the tasks; left out otherwise. */
  readonly discarded?: true;
  /**
   * The status and the first line of the answers, or the error of the connection, with `…` for numbers and ids: `500 order … is
   * locked`. It is the filter `answer` of GET /inspect/tasks, which selects the tasks whose last attempt has this answer.
   */
  readonly answer: string;
  /** The first line of the last answer, or the last error of the connection; left out if it is empty. */
  readonly message?: string;
  /** The attempts. */
  readonly attempts: number;
  /** The tasks that they belong to. */
  readonly tasks: number;
  /**
   * The tasks whose last failure has this answer, also before `from`, and that have not succeeded since: they exist, or ended
   * without success. Deleted tasks are not counted, nor are those that were pushed again since the start of the emulator, or whose
   * dead letter was redriven, delivered or deleted.
   */
  readonly unresolved: number;
  /** When the first attempt finished. */
  readonly firstTime: string;
  /** When the last attempt finished. */
  readonly lastTime: string;
  /** The full name of the task of the last attempt. */
  readonly lastTask: string;
  /** The id of the last attempt, for GET /inspect/attempts/{id}. */
  readonly lastAttempt: string;
}
