import type { AttemptFacts } from "./attempt-facts.ts";
import { type FinishedState, FinishedTaskCounts } from "./finished-counts.ts";
import { FinishedLists } from "./finished-lists.ts";
import type { FinishedTask } from "./finished-task.ts";

/** An attempt that left the history. */
export type RemovedAttempt = Pick<AttemptFacts, "id" | "sequence">;

/** A task with attempts in the history. It may still exist. */
interface KnownTask {
  /** The number of its attempts in the history. */
  attempts: number;
  last: AttemptFacts;
  isDeleted: boolean;
  finished: FinishedTask | undefined;
}

/**
 * The tasks that no longer exist, as far as the history has one of their attempts. The counts are always up to date. The lists are
 * sorted when they are read.
 */
export class FinishedTasks {
  readonly counts: FinishedTaskCounts = new FinishedTaskCounts();
  readonly lists: FinishedLists = new FinishedLists();
  readonly #known = new Map<number, KnownTask>();

  get(sequence: number): FinishedTask | undefined {
    return this.#known.get(sequence)?.finished;
  }

  /** Must be called for each attempt that the history adds. */
  attemptAdded(attempt: AttemptFacts): void {
    const isEnd = attempt.outcome === "succeeded" || attempt.outcome === "exhausted";
    const isIgnored = attempt.outcome === "ignored";
    const known = this.#known.get(attempt.sequence) ?? this.#add(attempt);
    known.attempts += 1;
    // A forced attempt can end after another one has ended the task.
    if (isIgnored && known.finished !== undefined && known.finished.state !== "deleted") return;
    known.last = attempt;
    known.isDeleted ||= isEnd || isIgnored;
    this.#update(known);
  }

  /** Must be called for each attempt that the history removes, the oldest first. */
  attemptRemoved({ id, sequence }: RemovedAttempt): void {
    const known = this.#known.get(sequence);
    if (!known) return;
    known.attempts -= 1;
    // An ignored attempt can outlive the one that ended the task.
    if (known.attempts > 0 && known.last.id !== id) return;
    this.#known.delete(sequence);
    this.#remove(known);
  }

  /** Must be called for each task that is deleted, before the attempt that ended it is added. */
  taskDeleted(sequence: number): void {
    const known = this.#known.get(sequence);
    if (!known) return;
    known.isDeleted = true;
    this.#update(known);
  }

  /** Must be called if many tasks may have been deleted. Takes time in proportion to the history. */
  tasksDeleted(exists: (last: AttemptFacts) => boolean): void {
    for (const known of this.#known.values()) {
      if (known.isDeleted || exists(known.last)) continue;
      known.isDeleted = true;
      this.#update(known);
    }
  }

  #add(last: AttemptFacts): KnownTask {
    const known = { attempts: 0, last, isDeleted: false, finished: undefined };
    this.#known.set(last.sequence, known);
    return known;
  }

  #update(known: KnownTask): void {
    if (!known.isDeleted) return;
    this.#remove(known);
    known.finished = this.lists.add({ last: known.last, state: stateOf(known.last) });
    this.counts.count(known.finished, 1);
  }

  #remove({ finished }: KnownTask): void {
    if (!finished) return;
    this.lists.remove(finished);
    this.counts.count(finished, -1);
  }
}

function stateOf({ outcome, discarded }: AttemptFacts): FinishedState {
  if (discarded) return "discarded";
  return outcome === "succeeded" || outcome === "exhausted" ? outcome : "deleted";
}
