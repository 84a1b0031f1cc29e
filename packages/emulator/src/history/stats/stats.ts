import type { AttemptFinished } from "../../emulator-events.ts";
import type { TaskRecord } from "../../engine/records.ts";
import { DefinitionStats } from "./definition-stats.ts";
import { addToStreak, type FailureStreak } from "./failure-streak.ts";
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
    this.definitions.created(task, now);
    this.#count(task.queue, task.definition, now, (bucket) => {
      bucket.created += 1;
    });
  }

  started({ queue, definition }: TaskRecord, now: number): void {
    this.#count(queue, definition, now, (bucket) => {
      bucket.started += 1;
    });
  }

  finished(attempt: AttemptFinished): void {
    const queue = this.#queue(attempt.queue);
    queue.failures = addToStreak(queue.failures, attempt);
    this.definitions.finished(attempt);
    const lateness = attempt.forced ? undefined : Math.max(0, attempt.dispatchedAt - attempt.scheduledAt);
    const result = resultOf(attempt);
    this.#count(attempt.queue, attempt.definition, attempt.at, (bucket) => {
      bucket[result] += 1;
      if (attempt.outcome === "exhausted") bucket.exhausted += 1;
      bucket.duration.add(attempt.durationMs);
      if (lateness !== undefined) bucket.lateness.add(lateness);
    });
  }

  queueDeleted(name: string): void {
    this.#queues.delete(name);
  }

  clear(): void {
    this.#overall = new TimeSeries(OVERALL);
    this.#queues.clear();
    this.definitions.clear();
  }

  #count(queue: string, definition: string | undefined, now: number, count: (bucket: StatsBucket) => void): void {
    for (const bucket of this.#overall.at(now)) count(bucket);
    for (const bucket of this.#queue(queue).series.at(now)) count(bucket);
    for (const bucket of this.definitions.at(definition, now)) count(bucket);
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
