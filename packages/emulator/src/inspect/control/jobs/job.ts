import { rfc3339 } from "../../rfc3339.ts";
import type { JobJson, NewJobJson } from "../../types/job-types.ts";

const MAX_ERRORS = 10;

const MAX_REASONS = 20;

const OTHER_REASONS = "other reasons";

/** The result of an action on one task. `stopped`: the job was stopped before the action began. */
export type ActionResult =
  | "done"
  | "missing"
  | "stopped"
  | { readonly error: string }
  /** Why the action does not apply to the task. */
  | { readonly skipped: string };

/** The facts of a new job. */
interface JobStart {
  readonly id: string;
  readonly action: NewJobJson["action"];
  readonly total: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly isDryRun?: boolean;
}

/** The progress of a job. */
export class Job {
  readonly id: string;
  readonly action: NewJobJson["action"];
  /** Whether the job only counts what it would do. */
  readonly isDryRun: boolean;
  /** Tasks to examine, as far as it is known. */
  total: number;
  readonly #startedAt: number;
  #endedAt: number | undefined;
  #state: JobJson["state"] = "running";
  #examined = 0;
  #done = 0;
  #missing = 0;
  #failed = 0;
  /** The skipped tasks by reason. */
  readonly #skipped = new Map<string, JobJson["skipped"][number]>();
  readonly #errors: { readonly task: string; readonly message: string }[] = [];
  /** Whether the job has changed since this was set to `false`. */
  hasChanged = true;

  constructor({ id, action, total, now, isDryRun = false }: JobStart) {
    this.id = id;
    this.action = action;
    this.total = total;
    this.#startedAt = now;
    this.isDryRun = isDryRun;
  }

  get isRunning(): boolean {
    return this.#state === "running";
  }

  /** Counts tasks that did not match the filter. */
  skip(count: number): void {
    this.#examined += count;
    this.hasChanged = true;
  }

  count(task: string, result: ActionResult): void {
    if (result === "stopped") return;
    this.#examined += 1;
    this.hasChanged = true;
    if (result === "done") this.#done += 1;
    else if (result === "missing") this.#missing += 1;
    else if ("skipped" in result) this.#skip(task, result.skipped);
    else this.#fail(task, result.error);
  }

  /** Ends the job, unless it has ended. */
  end(state: Exclude<JobJson["state"], "running">, now: number): void {
    if (!this.isRunning) return;
    this.#state = state;
    this.#endedAt = now;
    this.hasChanged = true;
  }

  /** Ends the job because of an error that does not belong to a task. */
  abort(message: string, now: number): void {
    if (this.#errors.length < MAX_ERRORS) this.#errors.push({ task: "", message });
    this.end("failed", now);
  }

  json(): JobJson {
    return {
      id: this.id,
      action: this.action,
      state: this.#state,
      startTime: rfc3339(this.#startedAt),
      ...(this.#endedAt === undefined ? {} : { endTime: rfc3339(this.#endedAt) }),
      examined: this.#examined,
      total: Math.max(this.total, this.#examined),
      done: this.#done,
      missing: this.#missing,
      failed: this.#failed,
      skipped: [...this.#skipped.values()],
      errors: this.#errors,
    };
  }

  #skip(task: string, given: string): void {
    const reason = this.#skipped.has(given) || this.#skipped.size < MAX_REASONS ? given : OTHER_REASONS;
    const before = this.#skipped.get(reason) ?? { reason, count: 0, task };
    this.#skipped.set(reason, { ...before, count: before.count + 1 });
  }

  #fail(task: string, message: string): void {
    this.#failed += 1;
    if (this.#errors.length < MAX_ERRORS) this.#errors.push({ task, message });
  }
}
