import { setImmediate } from "node:timers/promises";
import { errorMessage } from "cloudtask/internal";
import { matchesName } from "../../../history/matches-name.ts";
import type { FinishedTask } from "../../../history/tasks/finished-task.ts";
import { RpcError } from "../../../service/rpc-error.ts";
import type { InspectParts } from "../../inspect-parts.ts";
import { Slices } from "../../slices.ts";
import { wholeFinishedTask } from "../../tasks/finished-task-json.ts";
import { findTask } from "../../tasks/task-detail-json.ts";
import { itemName } from "../../tasks/task-item.ts";
import type { TaskQuery } from "../../tasks/task-query.ts";
import type { JobJson, NewJobJson } from "../../types/job-types.ts";
import { type ActionResult, Job } from "./job.ts";
import { jobActions } from "./job-actions.ts";
import { BATCH_SIZE, finishedTasks, liveBatches } from "./job-tasks.ts";
import { Replay } from "./push-again.ts";

const MAX_ENDED = 20;

/** The tasks of a job: their full names, or a filter. */
export type JobTasks = { readonly names: readonly string[] } | { readonly filter: TaskQuery };

/** Applies the action of a job to one of its tasks, and returns the full name of the task with the result. */
type Step = () => Promise<readonly [name: string, result: ActionResult]>;

/** Applies actions to many tasks. Between two tasks, other calls and deliveries continue. */
export class JobRunner {
  readonly #parts: InspectParts;
  readonly #jobs = new Map<string, Job>();
  readonly #replay: Replay;
  #lastId = 0;

  constructor(parts: InspectParts) {
    this.#parts = parts;
    this.#replay = new Replay(parts);
    parts.events.atEnd(() => {
      for (const job of this.#jobs.values()) job.end("stopped", parts.clock.now());
    });
  }

  start(action: NewJobJson["action"], tasks: JobTasks): JobJson {
    this.#lastId += 1;
    const total = "names" in tasks ? tasks.names.length : this.#countTasks(action, tasks.filter);
    const job = new Job({ id: String(this.#lastId), action, total, now: this.#parts.clock.now() });
    this.#jobs.set(job.id, job);
    this.#forgetOld();
    void this.#run(job, tasks);
    return job.json();
  }

  /** Returns the result that a push of finished tasks would have, without keeping it as a job. */
  async dryRun(tasks: JobTasks, signal: AbortSignal): Promise<JobJson> {
    const job = new Job({ id: "", action: "push", total: 0, now: this.#parts.clock.now(), isDryRun: true });
    signal.addEventListener("abort", () => job.end("stopped", this.#parts.clock.now()));
    await this.#run(job, tasks);
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
      this.#parts.replaced.forgetOld();
      job.end("finished", clock.now());
    } catch (error) {
      job.abort(errorMessage(error), clock.now());
    }
  }

  async #runNames(job: Job, names: readonly string[]): Promise<void> {
    await this.#runAll(
      job,
      names.map((name) => this.#step(job, name)),
    );
  }

  async #runFilter(job: Job, filter: TaskQuery): Promise<void> {
    if (job.action === "push") {
      // All are found first: a push adds to the tasks among which they are found.
      const finished = await finishedTasks(this.#parts, job, filter);
      job.total = finished.length;
      await this.#runAll(
        job,
        finished.map((each) => () => this.#pushAgain(job, each)),
      );
      return;
    }
    for await (const { items, others } of liveBatches(this.#parts, job, filter)) {
      job.skip(others);
      await this.#runBatch(
        job,
        items.flatMap((item) => {
          const name = itemName(this.#parts.history, item);
          return name === undefined ? [] : [this.#step(job, name)];
        }),
      );
    }
  }

  #step(job: Job, name: string): Step {
    const { action } = job;
    if (action === "push") return async () => [name, await this.#replay.pushByName(name, job.isDryRun)];
    return async () => {
      const task = findTask(this.#parts, name);
      return [name, task ? await jobActions[action](this.#parts, task, name, job) : "missing"];
    };
  }

  /** The history can have dropped the task since it was found, for example at a reset. */
  async #pushAgain({ isDryRun }: Job, found: FinishedTask): ReturnType<Step> {
    const finished = wholeFinishedTask(this.#parts.history, found);
    return finished ? [finished.last.task, await this.#replay.push(finished, isDryRun)] : ["", "missing"];
  }

  async #runAll(job: Job, steps: readonly Step[]): Promise<void> {
    for (let from = 0; from < steps.length && job.isRunning; from += BATCH_SIZE) {
      await this.#runBatch(job, steps.slice(from, from + BATCH_SIZE));
    }
  }

  /** Waits until the changes of the batch are stored. */
  async #runBatch(job: Job, steps: readonly Step[]): Promise<void> {
    const slices = new Slices(Number.POSITIVE_INFINITY);
    for (const step of steps) {
      if (!job.isRunning) return;
      const [name, result] = await step();
      job.count(name, result);
      if (slices.isOver) await slices.next();
    }
    this.#parts.services.context.changed();
    await this.#parts.engine.store.flushed();
    await setImmediate();
  }

  /** The number of finished tasks to push is known when they are found. */
  #countTasks(action: NewJobJson["action"], { queue }: TaskQuery): number {
    if (action === "push") return 0;
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
