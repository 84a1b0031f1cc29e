import { taskName } from "../engine/engine-state.ts";
import type { TaskRecord, TaskRequest } from "../engine/records.ts";
import type { History } from "../history/history.ts";
import { letterHeaders, siblingQueue } from "./dead-letters/dead-letter-facts.ts";

/** The number of tasks from which those that left the history are searched for. */
const MIN_FULL = 1_000;

/**
 * The finished tasks that need no action since the start of the emulator: they were created again, or their dead letters are gone. The
 * work of a task that was created again is that of its copy.
 */
export class ReplacedTasks {
  readonly #history: Pick<History, "ofTask" | "tasks">;
  /** The reason by the sequence of the task. */
  readonly #reasons = new Map<number, string>();
  #fullAt = MIN_FULL;

  constructor(history: Pick<History, "ofTask" | "tasks">) {
    this.#history = history;
  }

  has(sequence: number): boolean {
    return this.#reasons.has(sequence);
  }

  /** Returns why a task must not be pushed again, for people; `undefined` if it may be. */
  reasonOf(sequence: number): string | undefined {
    return this.#reasons.get(sequence);
  }

  /** Adds a task that is created again. */
  add(sequence: number): void {
    this.#set(sequence, "the task was already pushed again");
  }

  /** Adds the discarded task of a dead letter that is removed from its queue. */
  addOriginal(letter: TaskRecord, request: TaskRequest | undefined): void {
    const { homeQueue, originalId } = (request && letterHeaders(request.headers)) ?? {};
    if (homeQueue === undefined || originalId === undefined) return;
    const name = taskName(siblingQueue(letter.queue, homeQueue), originalId);
    const original = this.#history.ofTask(name).at(-1);
    if (original?.discarded) this.#set(original.sequence, "its dead letter was redriven, delivered or deleted");
  }

  delete(sequence: number): void {
    this.#reasons.delete(sequence);
  }

  /** Forgets tasks that have left the history. */
  forgetOld(): void {
    // Reading the finished tasks would build their index.
    if (this.#reasons.size === 0) return;
    const { tasks } = this.#history;
    for (const sequence of this.#reasons.keys()) if (!tasks.get(sequence)) this.#reasons.delete(sequence);
    this.#fullAt = Math.max(MIN_FULL, 2 * this.#reasons.size);
  }

  #set(sequence: number, reason: string): void {
    this.#reasons.set(sequence, reason);
    if (this.#reasons.size >= this.#fullAt) this.forgetOld();
  }
}
