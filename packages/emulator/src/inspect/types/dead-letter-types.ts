import type { TaskJson } from "./task-types.ts";

/**
 * Facts about a dead letter, from the headers `CloudTask-Dead-*` of the task. A worker that discards a task creates the dead
 * letter. Facts that the headers do not contain are left out.
 */
export interface DeadLetterFactsJson {
  /** Why the task was discarded. */
  readonly reason: string;
  /** The message of the error. */
  readonly message?: string;
  /** How often the task was attempted. */
  readonly attempts?: number;
  /** When the first attempt started. */
  readonly firstTime?: string;
  /** When the last attempt started. */
  readonly lastTime?: string;
  /** The full name of the queue that the task came from. A redrive returns it to that queue. */
  readonly homeQueue?: string;
  /** The id of the task in that queue. */
  readonly originalId?: string;
}

/** A task that is a dead letter. */
export interface DeadLetterJson extends TaskJson {
  readonly deadLetter: DeadLetterFactsJson;
}

/**
 * GET /inspect/dead-letters — the dead letters in order of creation, the newest first. Accepts `queue`, `definition`, `text`,
 * `from`, `to`, `limit` and `cursor` like GET /inspect/tasks, and `reason`. `text` also matches the message and the original id.
 */
export interface DeadLettersJson {
  readonly deadLetters: readonly DeadLetterJson[];
  readonly nextCursor?: string;
  readonly isPartial?: true;
  /** The queues that have dead letters. */
  readonly queues: readonly { readonly queue: string; readonly deadLetters: number }[];
}
