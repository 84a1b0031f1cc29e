import type Sqlite from "libsql";
import { databaseFile, moveAway } from "./database-error.ts";
import { StoreError } from "./store-error.ts";

/** "CTSK" in ASCII: what tells the database of an emulator from any other. */
const APPLICATION_ID = 0x43_54_53_4b;

/**
 * What takes a database from one version to the next; the version is how many of them it has seen. A change of the schema is
 * a step more, never a change of a step.
 *
 * Tasks and tombstones stand in areas: numbers that a queue has, and gives up when it is deleted or purged. An area that was
 * given up is `dropped`, and its rows are deleted little by little. The key of a task is its area in the upper bits and its
 * sequence in the lower 40, so that new tasks are appended, those of a queue stand together, and no index has to be kept.
 * Requests stand apart, so that what changes with every attempt is small.
 */
const steps: readonly string[] = [
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
];

/**
 * How far the schema of a database is: 0 for an empty one.
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
        moveAway(directory),
    );
  }
  if (version <= steps.length) return version;
  throw new StoreError(
    "newer",
    `The data directory ${directory} was written by a newer version of the emulator: its format is ${version}, and this ` +
      `version knows those up to ${steps.length}. Update the emulator. ${moveAway(directory)}`,
  );
}

/** Brings a database from a version to today's. */
export function migrate(db: Sqlite.Database, version: number): void {
  if (version === steps.length) return;
  const missing = steps.slice(version).join("\n");
  db.exec(`BEGIN; ${missing} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${steps.length}; COMMIT`);
}

/** The single number that a query answers. */
export function numberOf(db: Sqlite.Database, sql: string): number {
  const [value] = db.prepare(sql).raw().get([]) as readonly [number];
  return value;
}
