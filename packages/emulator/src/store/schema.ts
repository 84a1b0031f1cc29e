import type Sqlite from "libsql";
import { databaseFile, moveAwayAdvice } from "./database-error.ts";
import { StoreError } from "./store-error.ts";

/** "CTSK" in ASCII. Identifies the database of an emulator. */
const APPLICATION_ID = 0x43_54_53_4b;

/**
 * The migrations of the schema. The version of a database is the number of migrations applied to it. To change the schema,
 * add a migration; never edit an existing one.
 *
 * Tasks and tombstones belong to an area: a number that a queue owns until it is deleted or purged. An abandoned area is
 * recorded in `dropped`, and its rows are deleted in small batches. If a purge abandoned it, the names of its tasks move to the
 * area `tombstones`. The key of a task has the area in the upper bits and the
 * sequence in the lower 40. New tasks are therefore appended, tasks of a queue are adjacent, and no index is needed. Requests
 * have a table of their own, so the row that every attempt rewrites stays small.
 */
const migrations: readonly string[] = [
  `CREATE TABLE queue(
     name TEXT PRIMARY KEY, tasks INTEGER NOT NULL, tombstones INTEGER NOT NULL, record TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE dropped(area INTEGER PRIMARY KEY) STRICT;
   CREATE TABLE task(
     key INTEGER PRIMARY KEY, id TEXT NOT NULL, named INTEGER NOT NULL, created_at REAL NOT NULL,
     scheduled_at REAL NOT NULL, deadline_ms REAL NOT NULL, retry TEXT, attempts TEXT
   ) STRICT;
   CREATE TABLE request(key INTEGER PRIMARY KEY, head TEXT NOT NULL, body BLOB NOT NULL) STRICT;
   CREATE TABLE tombstone(
     area INTEGER NOT NULL, id TEXT NOT NULL, named INTEGER NOT NULL, reusable_at REAL NOT NULL, PRIMARY KEY(area, id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE value(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE task ADD COLUMN definition TEXT;
   ALTER TABLE task ADD COLUMN dead_letter INTEGER NOT NULL DEFAULT 0;`,
  `ALTER TABLE dropped ADD COLUMN tombstones INTEGER;
   ALTER TABLE dropped ADD COLUMN reusable_at REAL;
   ALTER TABLE dropped ADD COLUMN generated_after INTEGER;`,
];

/**
 * Returns the schema version of a database, 0 if it is empty.
 *
 * @throws StoreError for a database of another application or of a newer version
 */
export function schemaVersion(db: Sqlite.Database, directory: string): number {
  const applicationId = numberOf(db, "PRAGMA application_id");
  const version = numberOf(db, "PRAGMA user_version");
  const isEmpty = applicationId === 0 && version === 0 && numberOf(db, "SELECT count(*) FROM sqlite_schema") === 0;
  if (!isEmpty && applicationId !== APPLICATION_ID) {
    throw new StoreError(
      "foreign",
      `The data directory ${directory} cannot be used: ${databaseFile(directory)} is the database of another application. ` +
        moveAwayAdvice(directory),
    );
  }
  if (version <= migrations.length) return version;
  throw new StoreError(
    "newer",
    `The data directory ${directory} was written by a newer version of the emulator: its format is ${version}, but this ` +
      `version supports formats up to ${migrations.length}. Update the emulator. ${moveAwayAdvice(directory)}`,
  );
}

/** Upgrades a database from `version` to the current schema. */
export function migrate(db: Sqlite.Database, version: number): void {
  if (version === migrations.length) return;
  const missing = migrations.slice(version).join("\n");
  db.exec(
    `BEGIN; ${missing} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}; COMMIT`,
  );
}

/** Runs a query that returns one number. */
export function numberOf(db: Sqlite.Database, sql: string): number {
  const [value] = db.prepare(sql).raw().get([]) as readonly [number];
  return value;
}
