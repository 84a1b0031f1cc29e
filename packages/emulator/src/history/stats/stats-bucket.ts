import { Histogram } from "./histogram.ts";

/** The counts of a time bucket. */
export interface StatsCounts {
  /** Tasks that were created. */
  created: number;
  /** Attempts that started. */
  started: number;
  /** Attempts that succeeded, without those that discarded their task. */
  succeeded: number;
  /** Attempts that failed. */
  failed: number;
  /** Attempts whose worker discarded the task. */
  discarded: number;
  /** Failed attempts after which their task was exhausted. */
  exhausted: number;
}

const names = ["created", "started", "succeeded", "failed", "discarded", "exhausted"] as const;

/** The counts and times of a time bucket. */
export class StatsBucket implements StatsCounts {
  created = 0;
  started = 0;
  succeeded = 0;
  failed = 0;
  discarded = 0;
  exhausted = 0;
  readonly duration: Histogram = new Histogram();
  readonly lateness: Histogram = new Histogram();

  addAll(other: StatsBucket): void {
    for (const name of names) this[name] += other[name];
    this.duration.addAll(other.duration);
    this.lateness.addAll(other.lateness);
  }
}
