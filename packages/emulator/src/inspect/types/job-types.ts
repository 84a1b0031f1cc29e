/**
 * POST /control/jobs — starts a job that applies an action to many tasks, and answers with it. The job runs in the emulator, even
 * if the caller disconnects, and only applies to tasks that exist when it starts.
 *
 * `tasks` has full names, 10,000 at most; `filter` has the parameters of GET /inspect/tasks. Exactly one of them is required.
 *
 * - `delete` deletes the tasks.
 * - `run` starts an attempt of each now, like RunTask. If its queue has as many attempts in flight as it allows, the job waits. A
 *   task with an attempt in flight is skipped.
 * - `redrive` creates dead letters again in their home queue, and then deletes them.
 * - `push` creates finished tasks again, due now, each of them once until the emulator restarts. A task is skipped unless the
 *   history has its whole request: its secrets, which are gone after a restart, and its body, of which the history has the first
 *   `history.bodyBytes`. After a restart, a copy has the retry settings of its queue and the default deadline.
 */
export interface NewJobJson {
  readonly action: "delete" | "run" | "redrive" | "push";
  readonly tasks?: readonly string[];
  readonly filter?: JobFilterJson;
  /**
   * Only for `push`: answers when all tasks were examined, and creates none. `done` is the number of tasks that would be created;
   * `skipped`, `missing` and `failed` count the others. The job is not kept, so its `id` is empty.
   */
  readonly dryRun?: boolean;
}

/**
 * The parameters of GET /inspect/tasks that select tasks. `{}` selects all tasks that exist, or, for `push`, all finished tasks.
 */
export interface JobFilterJson {
  readonly queue?: string;
  readonly state?: string;
  readonly definition?: string;
  readonly status?: string;
  readonly text?: string;
  readonly deadLetters?: boolean;
  /** The reason of dead letters. */
  readonly reason?: string;
  /** How the last attempt failed. Only in an emulator. */
  readonly answer?: string;
  /** The limits of the time that `sort` names, as in the list. Only in an emulator. */
  readonly from?: string;
  readonly to?: string;
  /** The order of the list. A list by `schedule` contains tasks that exist, one by `finish` finished tasks. Only in an emulator. */
  readonly sort?: string;
}

/**
 * GET /control/jobs/{id} — a job; also the data of the event `job`. DELETE /control/jobs/{id} stops it, and answers with it. Tasks
 * that the job has changed stay changed.
 */
export interface JobJson {
  readonly id: string;
  readonly action: "delete" | "run" | "redrive" | "push";
  readonly state: "running" | "finished" | "stopped" | "failed";
  readonly startTime: string;
  readonly endTime?: string;
  /** Tasks that were examined. */
  readonly examined: number;
  /** Tasks to examine; for a filter an estimate. */
  readonly total: number;
  /** Tasks to which the action was applied. */
  readonly done: number;
  /** Tasks that no longer existed when their turn came, or that `run` left out. */
  readonly missing: number;
  /** Tasks to which the action could not be applied. */
  readonly failed: number;
  /** Tasks that `push` left out because it cannot copy them exactly, by reason, with the full name of the first. */
  readonly skipped: readonly { readonly reason: string; readonly count: number; readonly task: string }[];
  /** The first of their errors, 10 at most. */
  readonly errors: readonly { readonly task: string; readonly message: string }[];
}

/** GET /control/jobs — the running jobs and the last 20 that ended, the newest first. */
export interface JobsJson {
  readonly jobs: readonly JobJson[];
}
