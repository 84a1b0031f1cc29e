import { join } from "node:path";
import { errorMessage } from "cloudtask/internal";
import { StoreError } from "./store-error.ts";

/** The SQLite result codes that get a message of their own: https://sqlite.org/rescode.html */
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Returns the path of the database in a data directory. */
export function databaseFile(directory: string): string {
  return join(directory, "emulator.db");
}

/** Checks whether SQLite failed because another connection has locked the file. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === BUSY;
}

/** Converts an error of SQLite while opening or reading a database, and adds what to do about it. */
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
        `bytes are damaged. ${moveAwayAdvice(directory)}`,
      { cause: error },
    );
  }
  return code === CORRUPT ? damagedError(directory, error) : unusableError(directory, "used", error);
}

/** Converts an error while decoding a row. A SyntaxError means that its text or JSON is damaged. */
export function rowError(directory: string, error: unknown): StoreError {
  return error instanceof SyntaxError ? damagedError(directory, error) : databaseError(directory, error);
}

/** Creates the error for a damaged database. */
export function damagedError(directory: string, detail: unknown): StoreError {
  return new StoreError(
    "damaged",
    `The data directory ${directory} cannot be used: ${databaseFile(directory)} is damaged (${errorMessage(detail)}). ` +
      moveAwayAdvice(directory),
    { cause: detail },
  );
}

/** Creates the error for a directory that this process cannot create or use. */
export function unusableError(directory: string, verb: "created" | "used", error: unknown): StoreError {
  return new StoreError(
    "unusable",
    `The data directory ${directory} cannot be ${verb}: ${errorMessage(error)}. Choose a directory that this process can ` +
      "write to, or start the emulator without a data directory to keep everything in memory.",
    { cause: error },
  );
}

/** Returns the advice for a database file that cannot be used. */
export function moveAwayAdvice(directory: string): string {
  const file = databaseFile(directory);
  return `To start without data, move ${file} elsewhere, together with ${file}-wal if it exists. Or choose another directory.`;
}

function primaryCode(error: unknown): number | undefined {
  const { rawCode } = Object(error) as { readonly rawCode?: unknown };
  // An extended result code has the primary code in its lowest byte.
  return typeof rawCode === "number" ? rawCode & 0xff : undefined;
}
