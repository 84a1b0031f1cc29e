import type { AttemptFinished } from "../../emulator-events.ts";
import type { TaskRecord } from "../../engine/records.ts";
import { DefinitionStats } from "./definition-stats.ts";
import { addToStreak, type FailureStreak } from "./failure-streak.ts";
import { binOf } from "./histogram.ts";
import type { StatsBucket } from "./stats-bucket.ts";
import { TimeSeries } from "./time-series.ts";

/** The statistics of a queue. */
export interface QueueHistory {
  readonly series: TimeSeries;
  failures: FailureStreak | undefined;
}

const OVERALL = { seconds: 300, minutes: 1_440 };
/** A thousand busy queues must fit in memory. */
const PER_QUEUE = { seconds: 300, minutes: 120 };

/** Counts tasks and attempts over time: for all queues together, for each queue, and for each task definition. */
export class Stats {
  #overall = new TimeSeries(OVERALL);
  readonly #queues = new Map<string, QueueHistory>();
  readonly definitions: DefinitionStats = new DefinitionStats();

  get overall(): TimeSeries {
    return this.#overall;
  }

  /** The queues that had a task since the start, by full name. */
  get queues(): ReadonlyMap<string, QueueHistory> {
    return this.#queues;
  }

  created(task: TaskRecord, now: number): void {
    // Without a list of the buckets: tasks are created more often than anything else happens to them.
    this.#overall.at(now).created += 1;
    this.#queue(task.queue).series.at(now).created += 1;
    const ofDefinition = this.definitions.created(task, now);
    if (ofDefinition) ofDefinition.at(now).created += 1;
  }

  started({ queue, definition }: TaskRecord, now: number): void {
    for (const bucket of this.#buckets(queue, definition, now)) bucket.started += 1;
  }

  finished(attempt: AttemptFinished): void {
    const queue = this.#queue(attempt.queue);
    queue.failures = addToStreak(queue.failures, attempt);
    this.definitions.finished(attempt);
    const lateness = attempt.forced ? undefined : binOf(attempt.dispatchedAt - attempt.scheduledAt);
    const result = resultOf(attempt);
    const durationBin = binOf(attempt.durationMs);
    for (const bucket of this.#buckets(attempt.queue, attempt.definition, attempt.at)) {
      bucket[result] += 1;
      if (attempt.outcome === "exhausted") bucket.exhausted += 1;
      bucket.duration.addBin(durationBin);
      if (lateness !== undefined) bucket.lateness.addBin(lateness);
    }
  }

  queueDeleted(name: string): void {
    this.#queues.delete(name);
  }

  clear(): void {
    this.#overall = new TimeSeries(OVERALL);
    this.#queues.clear();
    this.definitions.clear();
  }

  /** Returns all buckets in which an event must be counted. */
  #buckets(queue: string, definition: string | undefined, now: number): readonly StatsBucket[] {
    const ofDefinition = this.definitions.at(definition, now);
    const buckets = [this.#overall.at(now), this.#queue(queue).series.at(now)];
    if (ofDefinition) buckets.push(ofDefinition);
    return buckets;
  }

  #queue(name: string): QueueHistory {
    const found = this.#queues.get(name);
    if (found) return found;
    const created: QueueHistory = { series: new TimeSeries(PER_QUEUE), failures: undefined };
    this.#queues.set(name, created);
    return created;
  }
}

function resultOf({ status = 0, discarded }: AttemptFinished): "succeeded" | "discarded" | "failed" {
  if (discarded) return "discarded";
  return status >= 200 && status < 300 ? "succeeded" : "failed";
}
