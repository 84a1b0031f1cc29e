import type { AttemptFinished } from "../../emulator-events.ts";
import { SortedList } from "../../engine/sorted-list.ts";
import { type FinishedState, FinishedTaskCounts } from "./finished-counts.ts";
import type { FinishedTask } from "./finished-task.ts";

/** A task with attempts in the history. It may still exist. */
interface KnownTask {
  /** The number of its attempts in the history. */
  attempts: number;
  last: AttemptFinished;
  /** When the task was deleted; `undefined` if it exists. */
  deletedAt: number | undefined;
  finished: FinishedTask | undefined;
}

/** The tasks that no longer exist, as far as the history has one of their attempts. Every change takes O(log n). */
export class FinishedTasks {
  /** In order of creation. */
  readonly byCreation: SortedList<FinishedTask> = new SortedList((a, b) => a.sequence < b.sequence);
  /** In the order in which they finished. */
  readonly byFinish: SortedList<FinishedTask> = new SortedList(isFinishedBefore);
  readonly counts: FinishedTaskCounts = new FinishedTaskCounts();
  readonly #known = new Map<number, KnownTask>();

  get(sequence: number): FinishedTask | undefined {
    return this.#known.get(sequence)?.finished;
  }

  /** Must be called for each attempt that the history adds. */
  attemptAdded(attempt: AttemptFinished): void {
    const known = this.#known.get(attempt.sequence);
    const isEnd = attempt.outcome === "succeeded" || attempt.outcome === "exhausted";
    if (!known) {
      const deletedAt = isEnd || attempt.outcome === "ignored" ? attempt.at : undefined;
      this.#update(this.#add(attempt, deletedAt));
      return;
    }
    known.attempts += 1;
    // A forced attempt can end after another one has ended the task.
    const isLate = attempt.outcome === "ignored" && known.finished !== undefined && known.finished.state !== "deleted";
    if (isLate) return;
    known.last = attempt;
    if (isEnd) known.deletedAt ??= attempt.at;
    this.#update(known);
  }

  /** Must be called for each attempt that the history removes, the oldest first. */
  attemptRemoved({ sequence }: AttemptFinished): void {
    const known = this.#known.get(sequence);
    if (!known) return;
    known.attempts -= 1;
    if (known.attempts > 0) return;
    this.#known.delete(sequence);
    this.#remove(known);
  }

  /** Must be called for each task that is deleted, before the attempt that ended it is added. */
  taskDeleted(sequence: number, now: number): void {
    const known = this.#known.get(sequence);
    if (!known) return;
    known.deletedAt ??= now;
    this.#update(known);
  }

  /** Must be called if many tasks may have been deleted. Takes time in proportion to the history. */
  tasksDeleted(now: number, exists: (attempt: AttemptFinished) => boolean): void {
    for (const known of this.#known.values()) {
      if (known.deletedAt !== undefined || exists(known.last)) continue;
      known.deletedAt = now;
      this.#update(known);
    }
  }

  clear(): void {
    this.#known.clear();
    this.byCreation.clear();
    this.byFinish.clear();
    this.counts.clear();
  }

  #add(last: AttemptFinished, deletedAt: number | undefined): KnownTask {
    const known = { attempts: 1, last, deletedAt, finished: undefined };
    this.#known.set(last.sequence, known);
    return known;
  }

  #update(known: KnownTask): void {
    if (known.deletedAt === undefined) return;
    this.#remove(known);
    const { task, queue, sequence, definition } = known.last;
    const finished: FinishedTask = {
      name: task,
      queue,
      sequence,
      definition,
      state: stateOf(known.last),
      finishedAt: Math.max(known.deletedAt, known.last.at),
      last: known.last,
    };
    known.finished = finished;
    this.byCreation.add(finished);
    this.byFinish.add(finished);
    this.counts.count(finished, 1);
  }

  #remove({ finished }: KnownTask): void {
    if (!finished) return;
    this.byCreation.remove(finished);
    this.byFinish.remove(finished);
    this.counts.count(finished, -1);
  }
}

function stateOf({ outcome, discarded }: AttemptFinished): FinishedState {
  if (discarded) return "discarded";
  return outcome === "succeeded" || outcome === "exhausted" ? outcome : "deleted";
}

function isFinishedBefore(a: FinishedTask, b: FinishedTask): boolean {
  return a.finishedAt === b.finishedAt ? a.sequence < b.sequence : a.finishedAt < b.finishedAt;
}
