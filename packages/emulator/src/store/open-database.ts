import { closeSync, existsSync, mkdirSync, openSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { errorMessage } from "cloudtask/internal";
import type Sqlite from "libsql";
import { checkRegularFile } from "./data-files.ts";
import { damagedError, databaseError, databaseFile, isBusy, unusableError } from "./database-error.ts";
import { migrate, numberOf, schemaVersion } from "./schema.ts";
import { StoreError } from "./store-error.ts";

/** Attempts to lock a directory that is in use, because its process may be about to exit. */
const LOCK_ATTEMPTS = 10;
/** Average pause between two attempts, in milliseconds. */
const LOCK_PAUSE_MS = 100;

/** A file is compacted when more than this share of it, and more than this number of 4096-byte pages, is free. */
const COMPACT_FREE_SHARE = 0.75;
const COMPACT_FREE_PAGES = 4096;

/**
 * Opens the database of a directory with the current schema, and locks it for this process.
 *
 * @throws StoreError if the database cannot be used. The database is then unchanged.
 */
export async function openDatabase(directory: string): Promise<Sqlite.Database> {
  const Database = await loadSqlite();
  try {
    // The directory is often inside a project, and payloads of tasks must not be committed to its repository.
    if (createDirectory(directory)) writeFileSync(join(directory, ".gitignore"), "*\n");
  } catch (error) {
    throw unusableError(directory, "created", error);
  }
  for (const suffix of ["", "-wal", "-journal", "-shm"]) checkRegularFile(directory, databaseFile(directory) + suffix);
  releaseUnclosed(directory);
  const db = await lock(Database, directory);
  try {
    const version = schemaVersion(db, directory);
    check(db, directory);
    migrate(db, version);
    configure(db);
    return db;
  } catch (error) {
    unlock(db);
    db.close();
    throw databaseError(directory, error);
  }
}

/**
 * Creates a directory and its parents. The `recursive` option of mkdirSync() never returns if the parent accepts no new
 * entries, as /proc does (seen on Node 20).
 *
 * @returns `true` if the directory was created, `false` if it existed
 */
function createDirectory(directory: string): boolean {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return false;
  const parent = dirname(directory);
  if (parent !== directory) createDirectory(parent);
  // Payloads of tasks are private to the user.
  mkdirSync(directory, { mode: 0o700 });
  return true;
}

/**
 * Moves the write-ahead log into the database, unlocks it and closes it. If the disk is full, the log stays beside the
 * database, and the next call of `openDatabase` for the directory tries again.
 */
export function closeDatabase(db: Sqlite.Database, directory: string): void {
  const result = mergeLog(db);
  if (result.done) db.close();
  else unclosed.set(directory, new WeakRef(db));
}

/**
 * Databases that could not be closed because the disk was full, by directory. They stay open on purpose: after close(), libsql
 * keeps the file and its lock until the statements are garbage-collected, and this process could no longer release the lock.
 */
const unclosed = new Map<string, WeakRef<Sqlite.Database>>();

/**
 * Closes a database of this process that could not be closed before.
 *
 * @throws StoreError if the disk is still full
 */
function releaseUnclosed(directory: string): void {
  const db = unclosed.get(directory)?.deref();
  if (db) {
    const result = mergeLog(db);
    if (!result.done) throw unusableError(directory, "used", result.error);
    db.close();
  }
  unclosed.delete(directory);
}

type MergeResult = { readonly done: true } | { readonly done: false; readonly error: unknown };

/** Moves the write-ahead log into the database and unlocks it. After a failure the log keeps its content. */
function mergeLog(db: Sqlite.Database): MergeResult {
  try {
    // SQLite releases an exclusive lock only outside of WAL mode: https://sqlite.org/wal.html#use_of_wal_without_shared_memory
    db.exec("PRAGMA journal_mode = DELETE");
  } catch (error) {
    return { done: false, error };
  }
  unlock(db);
  return { done: true };
}

function unlock(db: Sqlite.Database): void {
  try {
    // libsql closes the file later than db.close() returns, so release the lock explicitly. It is released by the next read.
    db.exec("PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_schema");
  } catch {
    // The database cannot be read, so there is no data to protect.
  }
}

async function loadSqlite(): Promise<typeof Sqlite> {
  try {
    return (await import("libsql")).default;
  } catch (error) {
    throw new StoreError(
      "unavailable",
      `A data directory requires SQLite, but the package libsql could not be loaded on ${process.platform}-${process.arch}: ` +
        `${errorMessage(error)}. Reinstall it on this platform with optional dependencies, or start the emulator without a data ` +
        "directory to keep everything in memory.",
      { cause: error },
    );
  }
}

async function lock(Database: typeof Sqlite, directory: string): Promise<Sqlite.Database> {
  for (let attempt = 1; ; attempt += 1) {
    const db = open(Database, directory);
    try {
      // Lock before preparing statements: a prepared statement would keep the file open, and locked, after close().
      db.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
      return db;
    } catch (error) {
      db.close();
      if (!isBusy(error) || attempt === LOCK_ATTEMPTS) throw databaseError(directory, error);
    }
    // Two processes that start at the same time block each other, so the pause is random.
    await setTimeout(LOCK_PAUSE_MS * (0.5 + Math.random()));
  }
}

function open(Database: typeof Sqlite, directory: string): Sqlite.Database {
  const file = databaseFile(directory);
  try {
    // The files that SQLite creates beside it get the same permissions. An existing file must not be opened here: closing it
    // would release the POSIX locks that this process has on it.
    if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
    return new Database(file);
  } catch (cause) {
    throw unusableError(directory, "used", new Error(`SQLite cannot open ${file}`, { cause }));
  }
}

function check(db: Sqlite.Database, directory: string): void {
  const [result] = db.prepare("PRAGMA quick_check(1)").raw().get([]) as readonly [string];
  if (result !== "ok") throw damagedError(directory, result);
}

function configure(db: Sqlite.Database): void {
  // With an exclusive lock, the write-ahead log needs no shared memory, which some file systems lack. NORMAL: a commit returns
  // before it is on disk. `LogSync` moves it there before a call is answered. The log is merged every 1000 pages, and truncated
  // after a large transaction.
  db.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 1000; " +
      "PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -16384",
  );
  const free = numberOf(db, "PRAGMA freelist_count");
  if (free > COMPACT_FREE_PAGES && free > numberOf(db, "PRAGMA page_count") * COMPACT_FREE_SHARE) compact(db);
}

function compact(db: Sqlite.Database): void {
  try {
    db.exec("VACUUM");
  } catch {
    // VACUUM needs disk space for a second copy. Without it, the file keeps its size.
  }
}
