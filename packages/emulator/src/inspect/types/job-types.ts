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
 */
export interface NewJobJson {
  readonly action: "delete" | "run" | "redrive";
  readonly tasks?: readonly string[];
  readonly filter?: JobFilterJson;
}

/** The parameters of GET /inspect/tasks that select tasks. `{}` selects all tasks that exist. */
export interface JobFilterJson {
  readonly queue?: string;
  readonly state?: string;
  readonly definition?: string;
  readonly status?: string;
  readonly text?: string;
  readonly deadLetters?: boolean;
  /** The reason of dead letters. */
  readonly reason?: string;
}

/**
 * GET /control/jobs/{id} — a job; also the data of the event `job`. DELETE /control/jobs/{id} stops it, and answers with it. Tasks
 * that the job has changed stay changed.
 */
export interface JobJson {
  readonly id: string;
  readonly action: "delete" | "run" | "redrive";
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
  /** The first of their errors, 10 at most. */
  readonly errors: readonly { readonly task: string; readonly message: string }[];
}

/** GET /control/jobs — the running jobs and the last 20 that ended, the newest first. */
export interface JobsJson {
  readonly jobs: readonly JobJson[];
}
