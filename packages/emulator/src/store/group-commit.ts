import { errorMessage } from "cloudtask/internal";
import type Sqlite from "libsql";
import type { DataFiles } from "./data-files.ts";
import { StoreError } from "./store-error.ts";

/** The changes of one turn of the event loop. They are written in one transaction. */
interface Group {
  readonly end: NodeJS.Immediate;
  /** Created for the first caller of `flushed()`. */
  written: Written | undefined;
}

interface Written {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: StoreError) => void;
}

/**
 * Writes all changes of one turn of the event loop in one transaction, at the end of the turn. Waiting for the disk is the
 * slowest part of a change, so many callers share one wait.
 */
export class GroupCommit {
  readonly #db: Sqlite.Database;
  readonly #directory: string;
  readonly #files: DataFiles;
  readonly #begin: Sqlite.Statement;
  readonly #commit: Sqlite.Statement;
  readonly #onFailure: (failure: StoreError) => void;
  #group: Group | undefined;
  #failure: StoreError | undefined;

  /** @param onFailure - called synchronously when a change cannot be written */
  constructor(db: Sqlite.Database, directory: string, files: DataFiles, onFailure: (failure: StoreError) => void) {
    this.#db = db;
    this.#files = files;
    this.#onFailure = onFailure;
    this.#directory = directory;
    this.#begin = db.prepare("BEGIN");
    this.#commit = db.prepare("COMMIT");
  }

  /** Runs statements as part of the transaction of this turn. Does nothing after a change has failed. */
  change(runStatements: () => void): void {
    if (this.#failure) return;
    try {
      this.#group ??= this.#open();
      runStatements();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Resolves when all changes made so far are on disk. */
  async flushed(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#group) return;
    this.#group.written ??= written();
    await this.#group.written.promise;
  }

  /** Commits the open transaction and rejects later changes. Returns the failure if a change could not be written. */
  close(): StoreError | undefined {
    this.#end();
    const failure = this.#failure;
    this.#failure ??= new StoreError(
      "closed",
      `The data directory ${this.#directory} is closed. The change was not stored.`,
    );
    return failure;
  }

  #open(): Group {
    this.#begin.run([]);
    return { end: setImmediate(() => this.#end()), written: undefined };
  }

  #end(): void {
    const group = this.#group;
    if (!group) return;
    try {
      this.#commit.run([]);
      this.#files.check();
      this.#close();
      group.written?.resolve();
    } catch (error) {
      this.#fail(error);
    }
  }

  #close(): void {
    clearImmediate(this.#group?.end);
    this.#group = undefined;
  }

  #fail(cause: unknown): void {
    const failure = cause instanceof StoreError ? cause : this.#writeError(cause);
    const group = this.#group;
    this.#failure = failure;
    this.#close();
    this.#rollBack();
    this.#onFailure(failure);
    group?.written?.reject(failure);
  }

  #writeError(cause: unknown): StoreError {
    return new StoreError(
      "failed",
      `The data directory ${this.#directory} cannot be written: ${errorMessage(cause)}. Acknowledged changes are safe; new ` +
        "changes are rejected. Check the disk (free space, permissions), then restart the emulator.",
      { cause },
    );
  }

  #rollBack(): void {
    try {
      // After some failures SQLite has rolled back by itself.
      if (this.#db.inTransaction) this.#db.exec("ROLLBACK");
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
