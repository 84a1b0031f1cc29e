import { setImmediate } from "node:timers/promises";
import { errorMessage } from "cloudtask/internal";
import { liveStates } from "../../../engine/task-counts.ts";
import { matchesName } from "../../../history/matches-name.ts";
import { RpcError } from "../../../service/rpc-error.ts";
import type { InspectParts } from "../../inspect-parts.ts";
import { Slices } from "../../slices.ts";
import { findTasks } from "../../tasks/find-tasks.ts";
import { findTask } from "../../tasks/task-detail-json.ts";
import { itemName, type TaskPosition } from "../../tasks/task-item.ts";
import type { TaskFilter, TaskQuery } from "../../tasks/task-query.ts";
import type { JobJson, NewJobJson } from "../../types/job-types.ts";
import { Job } from "./job.ts";
import { jobActions } from "./job-actions.ts";

/** Tasks after which a job waits until its changes are stored. */
const BATCH_SIZE = 100;

const MAX_ENDED = 20;

/** The tasks of a job: their full names, or a filter. */
export type JobTasks = { readonly names: readonly string[] } | { readonly filter: TaskFilter };

/** Applies actions to many tasks. Between two tasks, other calls and deliveries continue. */
export class JobRunner {
  readonly #parts: InspectParts;
  readonly #jobs = new Map<string, Job>();
  #lastId = 0;

  constructor(parts: InspectParts) {
    this.#parts = parts;
    parts.events.atEnd(() => {
      for (const job of this.#jobs.values()) job.end("stopped", parts.clock.now());
    });
  }

  start(action: NewJobJson["action"], tasks: JobTasks): JobJson {
    this.#lastId += 1;
    const total = "names" in tasks ? tasks.names.length : this.#countTasks(tasks.filter);
    const job = new Job(String(this.#lastId), action, total, this.#parts.clock.now());
    this.#jobs.set(job.id, job);
    this.#forgetOld();
    void this.#run(job, tasks);
    return job.json();
  }

  /** @throws RpcError if there is no such job */
  get(id: string): JobJson {
    return this.#find(id).json();
  }

  /** @throws RpcError if there is no such job */
  stop(id: string): JobJson {
    const job = this.#find(id);
    job.end("stopped", this.#parts.clock.now());
    return job.json();
  }

  /** Returns all jobs, the newest first. */
  list(): JobJson[] {
    return [...this.#jobs.values()].reverse().map((job) => job.json());
  }

  /** Returns the jobs that changed since the last call. */
  changes(): JobJson[] {
    const changed = [...this.#jobs.values()].filter((job) => job.hasChanged);
    for (const job of changed) job.hasChanged = false;
    return changed.map((job) => job.json());
  }

  async #run(job: Job, tasks: JobTasks): Promise<void> {
    const { clock, engine } = this.#parts;
    try {
      if ("names" in tasks) await this.#runNames(job, tasks.names);
      else await this.#runFilter(job, tasks.filter);
      await engine.store.flushed();
      job.end("finished", clock.now());
    } catch (error) {
      job.abort(errorMessage(error), clock.now());
    }
  }

  async #runNames(job: Job, names: readonly string[]): Promise<void> {
    for (let from = 0; from < names.length && job.isRunning; from += BATCH_SIZE) {
      await this.#applyToAll(job, names.slice(from, from + BATCH_SIZE));
    }
  }

  async #runFilter(job: Job, filter: TaskFilter): Promise<void> {
    const { clock, engine } = this.#parts;
    const lastSequence = engine.lastSequence;
    const states = new Set(liveStates.filter((state) => filter.states.has(state)));
    const limits = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    const query: TaskQuery = { ...filter, states, ...limits, sort: "create", isReverse: false };
    const slices = new Slices(Number.POSITIVE_INFINITY);
    let after: TaskPosition | undefined;
    while (job.isRunning) {
      const search = { parts: this.#parts, query, after, limit: BATCH_SIZE, now: clock.now(), slices };
      const { items, end, examined } = await findTasks(search);
      // Tasks that were created meanwhile, such as those of a redrive, do not belong to the job.
      const own = items.filter(({ sequence }) => sequence <= lastSequence);
      job.skip(examined - items.length);
      await this.#applyToAll(
        job,
        own.flatMap((item) => itemName(this.#parts.history, item) ?? []),
      );
      if (!end || end.sequence > lastSequence) return;
      after = end;
    }
  }

  async #applyToAll(job: Job, names: readonly string[]): Promise<void> {
    const slices = new Slices(Number.POSITIVE_INFINITY);
    for (const name of names) {
      if (!job.isRunning) return;
      const task = findTask(this.#parts, name);
      job.count(name, task ? await jobActions[job.action](this.#parts, task, name, job) : "missing");
      if (slices.isOver) await slices.next();
    }
    this.#parts.services.context.changed();
    await this.#parts.engine.store.flushed();
    await setImmediate();
  }

  #countTasks({ queue }: TaskFilter): number {
    const queues = [...this.#parts.engine.queues.values()];
    const selected = queues.filter(({ record }) => queue === undefined || matchesName(queue, record.name));
    return selected.reduce((sum, each) => sum + each.tasks.size, 0);
  }

  #find(id: string): Job {
    const job = this.#jobs.get(id);
    if (job) return job;
    throw new RpcError("NOT_FOUND", `No job ${JSON.stringify(id)}. The last ${MAX_ENDED} that ended are kept.`);
  }

  #forgetOld(): void {
    const ended = [...this.#jobs.values()].filter((job) => !job.isRunning);
    for (const job of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) this.#jobs.delete(job.id);
  }
}
