import { type Stats, statSync } from "node:fs";
import { basename } from "node:path";
import { databaseFile } from "./database-error.ts";
import { StoreError } from "./store-error.ts";

/**
 * Checks that a path is a regular file or does not exist. Opening a FIFO would wait for its other side.
 *
 * @throws StoreError if it is anything else
 */
export function checkRegularFile(directory: string, path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found || found.isFile()) return;
  throw new StoreError(
    "unusable",
    `The data directory ${directory} cannot be used: ${path} is ${kindOf(found)}, not a file. Move it elsewhere, or choose ` +
      "another directory.",
  );
}

/** Notices that the files of an open database were removed or replaced. SQLite would go on to write files that nobody can open. */
export class DataFiles {
  readonly #directory: string;
  readonly #paths: readonly string[];
  /** The inodes of the files that existed once. */
  readonly #inodes = new Map<string, number>();

  /** @param directory - a directory whose database is open */
  constructor(directory: string) {
    const file = databaseFile(directory);
    this.#directory = directory;
    this.#paths = [file, `${file}-wal`];
    this.check();
  }

  /** @throws StoreError if a file is no longer where it was */
  check(): void {
    for (const path of this.#paths) {
      const inode = statSync(path, { throwIfNoEntry: false })?.ino;
      const known = this.#inodes.get(path);
      if (known !== undefined && inode !== known) throw this.#movedError(path, inode === undefined);
      if (inode !== undefined) this.#inodes.set(path, inode);
    }
  }

  #movedError(path: string, isGone: boolean): StoreError {
    return new StoreError(
      "failed",
      `The data directory ${this.#directory} was changed while the emulator was running: ${basename(path)} was ` +
        `${isGone ? "removed" : "replaced"}. New changes are rejected, because they would be lost. Put the file back or start ` +
        "without data, then restart the emulator.",
    );
  }
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a directory";
  if (found.isFIFO()) return "a FIFO";
  return found.isSocket() ? "a socket" : "a device";
}
