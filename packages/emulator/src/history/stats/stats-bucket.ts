import { Histogram } from "./histogram.ts";

const names = ["created", "started", "succeeded", "failed", "discarded", "exhausted"] as const;

/** The counts and times of a time bucket. */
export class StatsBucket {
  /** Tasks that were created. */
  created = 0;
  /** Attempts that started. */
  started = 0;
  /** Attempts that succeeded, without those that discarded their task. */
  succeeded = 0;
  /** Attempts that failed. */
  failed = 0;
  /** Attempts whose worker discarded the task. */
  discarded = 0;
  /** Failed attempts after which their task was exhausted. */
  exhausted = 0;
  readonly duration: Histogram = new Histogram();
  readonly lateness: Histogram = new Histogram();

  get isEmpty(): boolean {
    return names.every((name) => this[name] === 0);
  }

  addAll(other: StatsBucket): void {
    for (const name of names) this[name] += other[name];
    this.duration.addAll(other.duration);
    this.lateness.addAll(other.lateness);
  }

  /** Removes a bucket that was added. */
  removeAll(other: StatsBucket): void {
    for (const name of names) this[name] -= other[name];
    this.duration.removeAll(other.duration);
    this.lateness.removeAll(other.lateness);
  }
}
