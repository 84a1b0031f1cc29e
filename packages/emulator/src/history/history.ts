import type { AttemptFinished } from "../emulator-events.ts";
import type { AttemptOutcome } from "../engine/finish-attempt.ts";
import type { AttemptResultFacts } from "./attempt-kind.ts";
import type { PackedExchange, PackedResponse, SentBeginning } from "./recorded-exchange.ts";
import type { FinishedTaskIndex } from "./tasks/finished-task-index.ts";
import type { FinishedTasks } from "./tasks/finished-tasks.ts";

/**
 * Selects finished attempts.
 *
 * @example
 * const failures: AttemptFilter = { queue: "mail", outcome: "retrying" };
 */
export interface AttemptFilter {
  /** Only attempts of this task, given by full name or id. */
  readonly task?: string;
  /** Only attempts of this queue, given by full name or id. */
  readonly queue?: string;
  /** Only attempts with this outcome. */
  readonly outcome?: AttemptOutcome;
  /** At most this number of attempts, the newest ones; default: all in the history. */
  readonly limit?: number;
}

/** The state of a history. */
export interface HistoryState {
  /** The number of attempts in the history. */
  readonly attempts: number;
  /** Their approximate memory, in bytes. */
  readonly bytes: number;
  /** Why attempts could not be written to disk; undefined if there is no problem. */
  readonly problem: string | undefined;
}

/** Keeps the newest finished attempts, up to a limit. An attempt becomes an object when it is read. */
export interface History {
  /** The tasks that no longer exist. The first use takes longer. */
  readonly tasks: FinishedTasks;
  /** Must be notified of deleted tasks. */
  readonly finishedTasks: FinishedTaskIndex;
  /** The id of the attempt that was added last; smaller than all later ids if there is none. */
  readonly lastId: number;
  /** The oldest attempt; `undefined` if the history is empty. */
  readonly oldest: AttemptFinished | undefined;
  /** The greatest sequence of a task in the history; 0 if it is empty. */
  readonly lastSequence: number;
  /** Returns the id of the next finished attempt. Ids increase. */
  nextId(): number;
  /** Adds an attempt with its request and response, and removes the oldest ones beyond the limits. */
  add(attempt: AttemptFinished, exchange: PackedExchange): void;
  /** Returns the attempt with this id, if the history still has it. */
  get(id: number): AttemptFinished | undefined;
  /** Returns the request of an attempt with its secrets, unless the attempt was read from disk, which has it only without them. */
  sentRequest(id: number): SentBeginning | undefined;
  /** Returns the response of an attempt as it was received, not masked, unless the attempt was read from disk. */
  receivedResponse(id: number): PackedResponse | undefined;
  /**
   * Checks whether the attempt with this id can contain a text, before its request and response are read.
   *
   * @param text - in lower case
   */
  mayContain(id: number, text: string): boolean;
  /**
   * Returns the attempts that match `filter`, the newest first.
   *
   * @param before - only attempts that finished before the one with this id
   */
  list(filter: AttemptFilter, before?: number): AttemptFinished[];
  /**
   * Returns the attempts that finished before the one with this id, the newest first. The history must not change before the
   * iteration ends.
   *
   * @param task - a full name, to which the attempts are limited; for an id, all attempts are returned
   * @param isWanted - selects attempts by their result, without reading the others
   */
  newestFirst(
    task: string | undefined,
    before?: number,
    isWanted?: (result: AttemptResultFacts) => boolean,
  ): Iterable<AttemptFinished>;
  /** Returns the attempts of a task, given by full name, the oldest first. */
  ofTask(task: string): readonly AttemptFinished[];
  /** Returns the attempts that finished after the one with this id, the oldest first, `limit` at most. */
  since(id: number, limit: number): AttemptFinished[];
  /** Removes all attempts, on disk too. */
  clear(): void;
  state(): HistoryState;
  /** Resolves when all attempts so far are written to disk, or could not be. Without a data directory it resolves at once. */
  flushed(): Promise<void>;
  /** Writes the remaining attempts and closes the files. */
  close(): Promise<void>;
}
