import { close, fdatasync, openSync } from "node:fs";
import { promisify } from "node:util";
import { databaseFile } from "./database-error.ts";

const sync = promisify(fdatasync);

/**
 * Moves the write-ahead log of a database to the disk, without blocking the event loop. SQLite would block it after each commit.
 * A commit that is in the log survives the end of the process; once the log is on the disk, it survives the end of the machine.
 */
export class LogSync {
  readonly #path: string;
  #file: number | undefined;
  /** Whether the log was written after the last sync had begun. */
  #isDirty = false;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(directory: string) {
    this.#path = `${databaseFile(directory)}-wal`;
  }

  /** Must be called after each commit. */
  written(): void {
    this.#isDirty = true;
  }

  /**
   * Resolves when everything that was written so far is on the disk. Calls share a sync.
   *
   * @throws the error of the file system
   */
  synced(): Promise<void> {
    if (!this.#running) return this.#isDirty ? this.#start() : Promise.resolve();
    if (!this.#isDirty) return this.#running;
    this.#next ??= this.#running.then(() => this.#start());
    return this.#next;
  }

  /** Closes the file. */
  close(): void {
    if (this.#file !== undefined) close(this.#file, () => {});
    this.#file = undefined;
  }

  #start(): Promise<void> {
    this.#next = undefined;
    this.#isDirty = false;
    this.#running = this.#sync().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #sync(): Promise<void> {
    // The log exists after the first commit. Windows syncs only files that are open for writing.
    this.#file ??= openSync(this.#path, "r+");
    await sync(this.#file);
  }
}
