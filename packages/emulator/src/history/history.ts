import type { AttemptFinished } from "../emulator-events.ts";
import type { AttemptOutcome } from "../engine/finish-attempt.ts";

/**
 * Which attempts of the past are asked for.
 *
 * @example
 * const failures: AttemptFilter = { queue: "mail", outcome: "retrying" };
 */
export interface AttemptFilter {
  /** Of one task: its full name, or its id. */
  readonly task?: string;
  /** Of one queue: its full name, or its id. */
  readonly queue?: string;
  /** Those that ended like this. */
  readonly outcome?: AttemptOutcome;
  /** The newest of them, so many; default: all that are kept. */
  readonly limit?: number;
}

/** How full a history is. */
export interface HistoryState {
  /** How many attempts are kept. */
  readonly attempts: number;
  /** About how much memory they take, in bytes. */
  readonly bytes: number;
  /** Why attempts are not written to disk, where they should be; undefined where all is well. */
  readonly problem: string | undefined;
}

/** The attempts that are over, as many as it was told to keep: the newest. */
export interface History {
  /** For the attempt that finishes next; grows. */
  nextId(): number;
  /**
   * Keeps an attempt, and lets go of the oldest where it would be too much.
   *
   * @param bytes - about how much memory it takes
   */
  add(attempt: AttemptFinished, bytes: number): void;
  /** The attempt of this id, if it is kept. */
  get(id: number): AttemptFinished | undefined;
  /**
   * @param before - only attempts that finished before the one of this id
   * @returns the attempts asked for, the newest first
   */
  list(filter: AttemptFilter, before?: number): AttemptFinished[];
  /** @returns the attempts that finished after the one of this id, the oldest first, so many at most */
  since(id: number, limit: number): AttemptFinished[];
  /** Forgets everything, on disk too. */
  clear(): void;
  state(): HistoryState;
  /** Settles as soon as every attempt so far is on disk, where there is one to be on. */
  flushed(): Promise<void>;
  /** Writes what is left, and lets go of everything. */
  close(): Promise<void>;
}
