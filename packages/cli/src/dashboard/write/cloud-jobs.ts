import { Job, type JobJson, RpcError, type TaskFilter } from "@cloudtask/emulator/internal";
import { errorMessage } from "cloudtask/internal";
import type { CloudApi } from "../cloud-parts.ts";
import type { PagePosition } from "../read/read-page.ts";
import { scanTasks } from "../read/scan-tasks.ts";
import { type CloudAction, jobActions } from "./job-actions.ts";

/** The tasks of a job: their full names, or a filter. */
export type JobTasks = { readonly names: readonly string[] } | { readonly filter: TaskFilter };

/** Tasks of one call of an action. */
const BATCH_SIZE = 100;

const MAX_ENDED = 20;

interface RunningJob {
  readonly job: Job;
  readonly action: CloudAction;
  readonly controller: AbortController;
}

/** Applies actions to many tasks of Google Cloud, one batch after the other. */
export class CloudJobs {
  readonly #api: CloudApi;
  readonly #jobs = new Map<string, RunningJob>();
  #lastId = 0;

  constructor(api: CloudApi) {
    this.#api = api;
  }

  start(action: CloudAction, tasks: JobTasks): JobJson {
    this.#lastId += 1;
    const total = "names" in tasks ? tasks.names.length : 0;
    const started = {
      job: new Job({ id: String(this.#lastId), action, total, now: this.#api.now() }),
      action,
      controller: new AbortController(),
    };
    this.#jobs.set(started.job.id, started);
    this.#forgetOld();
    void this.#run(started, tasks);
    return started.job.json();
  }

  /** Returns all jobs, the newest first. */
  list(): JobJson[] {
    return [...this.#jobs.values()].reverse().map(({ job }) => job.json());
  }

  /** @throws RpcError if there is no such job */
  get(id: string): JobJson {
    return this.#find(id).job.json();
  }

  /** @throws RpcError if there is no such job */
  stop(id: string): JobJson {
    const { job, controller } = this.#find(id);
    job.end("stopped", this.#api.now());
    controller.abort();
    return job.json();
  }

  /** Stops all jobs. */
  close(): void {
    for (const id of this.#jobs.keys()) this.stop(id);
  }

  async #run(running: RunningJob, tasks: JobTasks): Promise<void> {
    const { job } = running;
    try {
      if ("names" in tasks) await this.#applyTo(running, tasks.names);
      else await this.#runFilter(running, tasks.filter);
      job.end("finished", this.#api.now());
    } catch (error) {
      // A stopped job aborts its calls.
      if (job.isRunning) job.abort(errorMessage(error), this.#api.now());
    }
  }

  async #runFilter(running: RunningJob, filter: TaskFilter): Promise<void> {
    const { job, controller } = running;
    const startedAt = this.#api.now();
    let from: PagePosition | undefined;
    do {
      const scan = { filter, limit: BATCH_SIZE, from, signal: controller.signal };
      const { tasks, end, examined } = await scanTasks(this.#api, scan);
      // Tasks that were created meanwhile, such as those of a redrive, do not belong to the job.
      const own = tasks.filter(({ createTime = "" }) => Date.parse(createTime) <= startedAt);
      job.skip(examined - own.length);
      await this.#applyTo(
        running,
        own.map(({ name }) => name),
      );
      from = end;
    } while (from !== undefined && job.isRunning);
  }

  async #applyTo({ job, action, controller }: RunningJob, names: readonly string[]): Promise<void> {
    for (let from = 0; from < names.length && job.isRunning; from += BATCH_SIZE) {
      await jobActions[action](this.#api, job, names.slice(from, from + BATCH_SIZE), controller.signal);
    }
  }

  #find(id: string): RunningJob {
    const running = this.#jobs.get(id);
    if (running) return running;
    throw new RpcError("NOT_FOUND", `No job ${JSON.stringify(id)}. The last ${MAX_ENDED} that ended are kept.`);
  }

  #forgetOld(): void {
    const ended = [...this.#jobs.values()].filter(({ job }) => !job.isRunning);
    for (const { job } of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) this.#jobs.delete(job.id);
  }
}
