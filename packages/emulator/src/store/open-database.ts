import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import type Sqlite from "libsql";
import { damaged, databaseFile, isBusy, refusal, textOf, unusable } from "./refusal.ts";
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
    makeDirectory(directory);
  } catch (error) {
    throw unusable(directory, "created", error);
  }
  const db = await lock(Database, directory);
  try {
    const version = schemaVersion(db, directory);
    check(db, directory);
    migrate(db, version);
    configure(db);
    return db;
  } catch (error) {
    close(db, "");
    throw refusal(directory, error);
  }
}

/** Step by step: `recursive` never ends where a folder exists and nothing can be made in it, as in /proc (Node 20). */
function makeDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(directory);
  if (parent !== directory) makeDirectory(parent);
  // What tasks carry is nobody else's business.
  mkdirSync(directory, { mode: 0o700 });
}

/** Writes everything into the database itself, lets go of it, and leaves nothing beside it. */
export function closeDatabase(db: Sqlite.Database): void {
  // SQLite gives an exclusive lock up only outside of WAL mode: https://sqlite.org/wal.html#use_of_wal_without_shared_memory
  close(db, "PRAGMA journal_mode = DELETE;");
}

function close(db: Sqlite.Database, before: string): void {
  try {
    // libsql closes the file only when its statements are collected as garbage: the lock must not wait for that.
    db.exec(`${before} PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_schema`);
  } catch {
    // What the database does not have yet stands in the log beside it, for the next process.
  } finally {
    db.close();
  }
}

async function loadSqlite(): Promise<typeof Sqlite> {
  try {
    return (await import("libsql")).default;
  } catch (error) {
    throw new StoreError(
      "unavailable",
      `A data directory needs SQLite, and the package libsql does not have it for ${process.platform}-${process.arch}: ` +
        `${textOf(error)}. Where it should, install again on this platform, with optional dependencies; otherwise start the ` +
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
      if (!isBusy(error) || tries === LOCK_TRIES) throw refusal(directory, error);
    }
    // Two that start at once hold each other up: they try again at different times.
    await setTimeout(LOCK_PAUSE_MS * (0.5 + Math.random()));
  }
}

function open(Database: typeof Sqlite, directory: string): Sqlite.Database {
  try {
    return new Database(databaseFile(directory));
  } catch (cause) {
    throw unusable(directory, "used", new Error(`SQLite cannot open ${databaseFile(directory)}`, { cause }));
  }
}

function check(db: Sqlite.Database, directory: string): void {
  const [result] = db.prepare("PRAGMA quick_check(1)").raw().get([]) as readonly [string];
  if (result !== "ok") throw damaged(directory, result);
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
