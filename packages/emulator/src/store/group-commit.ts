import { errorMessage } from "cloudtask/internal";
import type Sqlite from "libsql";
import { StoreError } from "./store-error.ts";

/** The changes of one turn of the event loop, which are written together. */
interface Group {
  readonly end: NodeJS.Immediate;
  /** Made for the first that waits. */
  written: Written | undefined;
}

interface Written {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: StoreError) => void;
}

/**
 * Writes the changes of a turn of the event loop in one transaction, at the end of it. So many callers share one wait for the
 * disk, which is what a change costs most.
 */
export class GroupCommit {
  readonly #db: Sqlite.Database;
  readonly #directory: string;
  readonly #begin: Sqlite.Statement;
  readonly #commit: Sqlite.Statement;
  readonly #onFailure: (failure: StoreError) => void;
  #group: Group | undefined;
  #failure: StoreError | undefined;

  /** @param onFailure - called in place, when a change cannot be written */
  constructor(db: Sqlite.Database, directory: string, onFailure: (failure: StoreError) => void) {
    this.#db = db;
    this.#onFailure = onFailure;
    this.#directory = directory;
    this.#begin = db.prepare("BEGIN");
    this.#commit = db.prepare("COMMIT");
  }

  /** Makes a change, as a part of the group of this turn; does nothing once a change has failed. */
  change(make: () => void): void {
    if (this.#failure) return;
    try {
      this.#group ??= this.#open();
      make();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Resolves when every change made so far is on disk. */
  async flushed(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#group) return;
    this.#group.written ??= written();
    await this.#group.written.promise;
  }

  /** Writes what is left; takes no changes after that. */
  close(): StoreError | undefined {
    this.#end();
    const failure = this.#failure;
    this.#failure ??= new StoreError(
      "closed",
      `The emulator on the data directory ${this.#directory} is closed: what is changed now is not kept.`,
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
    const reason = errorMessage(cause);
    const failure = new StoreError(
      "failed",
      `The data directory ${this.#directory} cannot be written: ${reason}. What was acknowledged is safe, and nothing ` +
        "is acknowledged any more. See to the disk (its space, its permissions), then start the emulator again.",
      { cause },
    );
    const group = this.#group;
    this.#failure = failure;
    this.#close();
    this.#rollBack();
    this.#onFailure(failure);
    group?.written?.reject(failure);
  }

  #rollBack(): void {
    try {
      // After some failures SQLite has done it by itself.
      if (this.#db.inTransaction) this.#db.exec("ROLLBACK");
    } catch {
      // The store has failed already, for the reason that counts.
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
