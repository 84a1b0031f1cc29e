import { join } from "node:path";
import { errorMessage } from "cloudtask/internal";
import { StoreError } from "./store-error.ts";

/** The primary result codes of SQLite that say more than that something did not work: https://sqlite.org/rescode.html */
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** The database in a data directory. */
export function databaseFile(directory: string): string {
  return join(directory, "emulator.db");
}

/** Whether SQLite says that another connection holds the file. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === BUSY;
}

/** What it means that SQLite cannot open or read a database, and what to do about it. */
export function databaseError(directory: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = primaryCode(error);
  if (code === BUSY) {
    return new StoreError(
      "in-use",
      `The data directory ${directory} is in use by another emulator. Stop that one, or choose another directory.`,
      { cause: error },
    );
  }
  if (code === NOT_A_DATABASE) {
    return new StoreError(
      "foreign",
      `The data directory ${directory} cannot be used: ${databaseFile(directory)} is not a SQLite database, or its first ` +
        `bytes are damaged. ${moveAway(directory)}`,
      { cause: error },
    );
  }
  return code === CORRUPT ? damagedError(directory, error) : unusableError(directory, "used", error);
}

/** What it means that a row cannot be read. */
export function rowError(directory: string, error: unknown): StoreError {
  return error instanceof SyntaxError ? damagedError(directory, error) : databaseError(directory, error);
}

/** The refusal of a database that does not hold together. */
export function damagedError(directory: string, detail: unknown): StoreError {
  return new StoreError(
    "damaged",
    `The data directory ${directory} cannot be used: ${databaseFile(directory)} is damaged (${errorMessage(detail)}). ` +
      moveAway(directory),
    { cause: detail },
  );
}

/** The refusal of a directory that the system does not let this process use. */
export function unusableError(directory: string, verb: "created" | "used", error: unknown): StoreError {
  return new StoreError(
    "unusable",
    `The data directory ${directory} cannot be ${verb}: ${errorMessage(error)}. Choose a directory that this process can write, ` +
      "or start the emulator without one, and it keeps everything in memory.",
    { cause: error },
  );
}

/** What to do about a file that cannot be used as it is. */
export function moveAway(directory: string): string {
  const file = databaseFile(directory);
  return `To start with nothing, move ${file} elsewhere, and with it ${file}-wal where there is one; or choose another directory.`;
}

function primaryCode(error: unknown): number | undefined {
  // An extended code says more in its upper bits.
  const { rawCode } = Object(error) as { readonly rawCode?: unknown };
  return typeof rawCode === "number" ? rawCode & 0xff : undefined;
}
