import { closeSync, existsSync, mkdirSync, openSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { errorMessage } from "cloudtask/internal";
import type Sqlite from "libsql";
import { damagedError, databaseError, databaseFile, isBusy, unusableError } from "./database-error.ts";
import { migrate, numberOf, schemaVersion } from "./schema.ts";
import { StoreError } from "./store-error.ts";

/** How often, and how many milliseconds apart, to try for a directory that is in use: whoever holds it may be just leaving. */
const LOCK_TRIES = 10;
const LOCK_PAUSE_MS = 100;

/** A file is made smaller when more of it than this share is free, and more pages (of 4096 bytes) than this number. */
const FREE_SHARE = 0.75;
const FREE_PAGES = 4096;

/**
 * Opens the database of a directory, for this process alone, with today's schema.
 *
 * @throws StoreError where it cannot be used, with what to do; nothing of it is changed then
 */
export async function openDatabase(directory: string): Promise<Sqlite.Database> {
  const Database = await loadSqlite();
  try {
    // Projects often hold it, and what tasks carry is not for their repositories.
    if (makeDirectory(directory)) writeFileSync(join(directory, ".gitignore"), "*\n");
  } catch (error) {
    throw unusableError(directory, "created", error);
  }
  releaseHeld(directory);
  const db = await lock(Database, directory);
  try {
    const version = schemaVersion(db, directory);
    check(db, directory);
    migrate(db, version);
    configure(db);
    return db;
  } catch (error) {
    release(db);
    db.close();
    throw databaseError(directory, error);
  }
}

/**
 * Step by step: `recursive` never ends where a folder exists and nothing can be made in it, as in /proc (Node 20).
 *
 * @returns whether it was not there before
 */
function makeDirectory(directory: string): boolean {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return false;
  const parent = dirname(directory);
  if (parent !== directory) makeDirectory(parent);
  // What tasks carry is nobody else's business.
  mkdirSync(directory, { mode: 0o700 });
  return true;
}

/** Writes everything into the database itself, lets go of it, and leaves nothing beside it, where the disk takes it. */
export function closeDatabase(db: Sqlite.Database, directory: string): void {
  const left = leaveLog(db);
  if (left.done) db.close();
  else held.set(directory, new WeakRef(db));
}

/**
 * Databases by their directory that a full disk kept from being left. They are not closed: libsql closes the file only when
 * the statements are collected as garbage, and until then nobody else could have it, nor this process give it up.
 */
const held = new Map<string, WeakRef<Sqlite.Database>>();

/**
 * Leaves what could not be left before: the disk may have room by now.
 *
 * @throws StoreError where it has not
 */
function releaseHeld(directory: string): void {
  const db = held.get(directory)?.deref();
  if (db) {
    const left = leaveLog(db);
    if (!left.done) throw unusableError(directory, "used", left.error);
    db.close();
  }
  held.delete(directory);
}

/** Whether a database has left its write-ahead log; where it cannot, what is in there stays for the next process. */
type Left = { readonly done: true } | { readonly done: false; readonly error: unknown };

function leaveLog(db: Sqlite.Database): Left {
  try {
    // SQLite gives an exclusive lock up only outside of WAL mode: https://sqlite.org/wal.html#use_of_wal_without_shared_memory
    db.exec("PRAGMA journal_mode = DELETE");
  } catch (error) {
    return { done: false, error };
  }
  release(db);
  return { done: true };
}

function release(db: Sqlite.Database): void {
  try {
    // The lock must not wait until libsql closes the file.
    db.exec("PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_schema");
  } catch {
    // It cannot even be read: there is nothing to lose.
  }
}

async function loadSqlite(): Promise<typeof Sqlite> {
  try {
    return (await import("libsql")).default;
  } catch (error) {
    throw new StoreError(
      "unavailable",
      `A data directory needs SQLite, and the package libsql does not have it for ${process.platform}-${process.arch}: ` +
        `${errorMessage(error)}. Where it should, install again on this platform, with optional dependencies; otherwise start the ` +
        "emulator without a data directory, and it keeps everything in memory.",
      { cause: error },
    );
  }
}

async function lock(Database: typeof Sqlite, directory: string): Promise<Sqlite.Database> {
  for (let tries = 1; ; tries += 1) {
    const db = open(Database, directory);
    try {
      // Nothing is prepared before the lock is there: a statement would keep the file open, and what it locks locked.
      db.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
      return db;
    } catch (error) {
      db.close();
      if (!isBusy(error) || tries === LOCK_TRIES) throw databaseError(directory, error);
    }
    // Two that start at once hold each other up: they try again at different times.
    await setTimeout(LOCK_PAUSE_MS * (0.5 + Math.random()));
  }
}

function open(Database: typeof Sqlite, directory: string): Sqlite.Database {
  const file = databaseFile(directory);
  try {
    // What SQLite makes beside it gets the same permissions. One that is there is not touched: closing it would end its lock.
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
  // As the lock is held already, the write-ahead log needs no shared memory, which not every file system has. FULL: a commit
  // that returns has reached the disk. The log is taken over into the database every 1000 pages, and cut back when a large
  // transaction has made it long.
  db.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; " +
      "PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -16384",
  );
  const free = numberOf(db, "PRAGMA freelist_count");
  if (free > FREE_PAGES && free > numberOf(db, "PRAGMA page_count") * FREE_SHARE) shrink(db);
}

function shrink(db: Sqlite.Database): void {
  try {
    db.exec("VACUUM");
  } catch {
    // It needs room for a second copy of what is left; without it the file stays as large as it is.
  }
}
