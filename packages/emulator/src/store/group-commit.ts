import { errorMessage } from "cloudtask/internal";
import type Sqlite from "libsql";
import type { DataFiles } from "./data-files.ts";
import { LogSync } from "./log-sync.ts";
import { StoreError } from "./store-error.ts";

/**
 * Milliseconds between two transactions for which nobody waits. They are the results of deliveries: if the process is killed
 * before they are written, their tasks are delivered again.
 */
const UNAWAITED_MS = 20;

/** Changes that are written in one transaction. */
interface Group {
  /** Cancels the timer that ends the transaction. */
  cancelEnd: () => void;
  /** Created for the first caller of `flushed()`. */
  written: Written | undefined;
  /** The promise of all callers of `flushed()`. */
  durable: Promise<void> | undefined;
}

interface Written {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: StoreError) => void;
}

/** The parts that a group commit connects. */
export interface GroupCommitOptions {
  readonly db: Sqlite.Database;
  readonly directory: string;
  readonly files: DataFiles;
  /** Writes changes that were deferred to the end of the transaction. */
  readonly beforeCommit: () => void;
  /** Called synchronously when a change cannot be written. */
  readonly onFailure: (failure: StoreError) => void;
}

/**
 * Writes all changes of one turn of the event loop in one transaction, at the end of the turn if somebody waits for it. Changes
 * without a caller wait up to 20 ms for others. Waiting for the disk is the slowest part of a change, so many callers share one
 * wait, and the event loop goes on meanwhile.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #begin: Sqlite.Statement;
  readonly #commit: Sqlite.Statement;
  #group: Group | undefined;
  #committedAt = Number.NEGATIVE_INFINITY;
  #failure: StoreError | undefined;
  /** The number of promises of `flushed()` that are pending. */
  #waiting = 0;
  readonly #log: LogSync;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#log = new LogSync(options.directory);
    this.#begin = options.db.prepare("BEGIN");
    this.#commit = options.db.prepare("COMMIT");
  }

  /** Runs statements as part of the open transaction, or of a new one. Does nothing after a change has failed. */
  change(runStatements: () => void): void {
    if (this.#failure) return;
    try {
      this.#group ??= this.#open();
      runStatements();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Whether a caller waits until its changes are on disk. */
  get isAwaited(): boolean {
    return this.#waiting > 0;
  }

  /** Ends the open transaction with this turn of the event loop, although nobody waits for it. */
  endSoon(): void {
    const group = this.#group;
    if (!group || group.written) return;
    group.cancelEnd();
    group.cancelEnd = this.#endAfter(0);
  }

  /**
   * Resolves when all changes made so far are on disk.
   *
   * @throws StoreError if a change could not be written
   */
  flushed(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    const group = this.#group;
    if (!group) return this.#durable(undefined);
    group.durable ??= this.#durable(group);
    return group.durable;
  }

  /** Commits the open transaction and rejects later changes. Returns the failure if a change could not be written. */
  async close(): Promise<StoreError | undefined> {
    this.#end();
    const { directory } = this.#options;
    const failure = this.#failure;
    this.#failure ??= new StoreError("closed", `The data directory ${directory} is closed. The change was not stored.`);
    // Callers of flushed() still wait for it. Closing the database syncs it too.
    await this.#log.synced().catch(() => undefined);
    this.#log.close();
    return failure;
  }

  async #durable(group: Group | undefined): Promise<void> {
    this.#waiting += 1;
    try {
      if (group) await this.#committed(group);
      await this.#synced();
    } finally {
      this.#waiting -= 1;
    }
  }

  #committed(group: Group): Promise<void> {
    this.endSoon();
    group.written ??= written();
    return group.written.promise;
  }

  /** Waits until the log is on the disk. */
  async #synced(): Promise<void> {
    try {
      await this.#log.synced();
      this.#options.files.check();
    } catch (error) {
      if (!this.#failure) this.#fail(error);
      throw this.#failure;
    }
  }

  #open(): Group {
    this.#begin.run([]);
    const waitMs = this.#committedAt + UNAWAITED_MS - performance.now();
    return { cancelEnd: this.#endAfter(waitMs), written: undefined, durable: undefined };
  }

  /** @returns a function that cancels the end */
  #endAfter(ms: number): () => void {
    if (ms > 0) {
      const timer = setTimeout(() => this.#end(), ms);
      return () => clearTimeout(timer);
    }
    const immediate = setImmediate(() => this.#end());
    return () => clearImmediate(immediate);
  }

  #end(): void {
    const group = this.#group;
    if (!group) return;
    try {
      this.#options.beforeCommit();
      this.#commit.run([]);
      this.#options.files.check();
      this.#log.written();
      this.#committedAt = performance.now();
      this.#close();
      group.written?.resolve();
    } catch (error) {
      this.#fail(error);
    }
  }

  #close(): void {
    this.#group?.cancelEnd();
    this.#group = undefined;
  }

  #fail(cause: unknown): void {
    const failure = cause instanceof StoreError ? cause : this.#writeError(cause);
    const group = this.#group;
    this.#failure = failure;
    this.#close();
    this.#rollBack();
    this.#options.onFailure(failure);
    group?.written?.reject(failure);
  }

  #writeError(cause: unknown): StoreError {
    return new StoreError(
      "failed",
      `The data directory ${this.#options.directory} cannot be written: ${errorMessage(cause)}. Acknowledged changes are safe; new ` +
        "changes are rejected. Check the disk (free space, permissions), then restart the emulator.",
      { cause },
    );
  }

  #rollBack(): void {
    try {
      // After some failures SQLite has rolled back by itself.
      if (this.#options.db.inTransaction) this.#options.db.exec("ROLLBACK");
    } catch {
      // The first failure is the one to report.
    }
  }
}

function written(): Written {
  let resolve = (): void => {};
  let reject = (_: StoreError): void => {};
  const promise = new Promise<void>((onWritten, onFailed) => {
    resolve = onWritten;
    reject = onFailed;
  });
  return { promise, resolve, reject };
}
