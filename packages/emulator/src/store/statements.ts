import type Sqlite from "libsql";

/** The key of a task: the area in the upper bits, the sequence in the lower 40. */
const KEY = "(?1 << 40) | ?2";
const SEQUENCE = "0xFFFFFFFFFF";
const AREA = `BETWEEN ?1 << 40 AND (?1 << 40) | ${SEQUENCE}`;

/** Rows of a dropped area to delete at once. Deleting a row can free a megabyte of pages. */
const CHUNK = 100;

/** Tasks to read at once. A row takes three times as long to read as its part of one text. */
export const TASKS_PER_READ = 1_000;

/** A number of milliseconds as two integers, because SQLite writes only 15 digits of a fraction to JSON. */
const exactly = (column: string): string =>
  `CAST(${column} AS INTEGER), CAST((${column} - CAST(${column} AS INTEGER)) * ${1n << 62n} AS INTEGER)`;

type Change =
  | "insertQueue"
  | "updateQueue"
  | "moveQueue"
  | "deleteQueue"
  | "insertTask"
  | "updateTask"
  | "deleteTasks"
  | "insertRequest"
  | "deleteRequests"
  | "putTombstone"
  | "deleteTombstone"
  | "deleteTombstones"
  | "putValue"
  | "deleteValue"
  | "dropArea"
  | "dropNames"
  | "sweepNames"
  | "sweepRequests"
  | "sweepTasks"
  | "sweepTombstones"
  | "forgetArea";

type Query = "areas" | "dropped" | "queues" | "tasks" | "request" | "tombstones" | "purged" | "values";

const sql: Readonly<Record<Change, string>> = {
  insertQueue: "INSERT INTO queue(name, tasks, tombstones, record) VALUES (?1, ?2, ?3, ?4)",
  updateQueue: "UPDATE queue SET record = ?2 WHERE name = ?1",
  moveQueue: "UPDATE queue SET tasks = ?2 WHERE name = ?1",
  deleteQueue: "DELETE FROM queue WHERE name = ?1",
  insertTask: `INSERT INTO task VALUES (${KEY}, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)`,
  updateTask: `UPDATE task SET id = ?3, named = ?4, created_at = ?5, scheduled_at = ?6, deadline_ms = ?7, retry = ?8,
    attempts = ?9 WHERE key = ${KEY}`,
  deleteTasks: "DELETE FROM task WHERE key IN (SELECT value FROM json_each(?1))",
  insertRequest: `INSERT INTO request VALUES (${KEY}, ?3, ?4)`,
  deleteRequests: "DELETE FROM request WHERE key IN (SELECT value FROM json_each(?1))",
  putTombstone: "INSERT OR REPLACE INTO tombstone(area, id, named, reusable_at) VALUES (?1, ?2, ?3, ?4)",
  deleteTombstone: "DELETE FROM tombstone WHERE area = ?1 AND id = ?2",
  deleteTombstones: "DELETE FROM tombstone WHERE area = ?1",
  putValue: "INSERT OR REPLACE INTO value(key, value) VALUES (?1, ?2)",
  deleteValue: "DELETE FROM value WHERE key = ?1",
  dropArea: "INSERT INTO dropped(area, tombstones, reusable_at, generated_after) VALUES (?1, ?2, ?3, ?4)",
  dropNames: "UPDATE dropped SET tombstones = NULL WHERE tombstones = ?1",
  // The rows whose names move are the rows that sweepTasks deletes next.
  sweepNames: `INSERT INTO tombstone(area, id, named, reusable_at)
    SELECT ?2, id, named, ?3 FROM (SELECT key, id, named FROM task WHERE key ${AREA} ORDER BY key LIMIT ${CHUNK})
    WHERE named = 1 OR key & ${SEQUENCE} > ?4
    ON CONFLICT(area, id) DO UPDATE SET named = excluded.named, reusable_at = excluded.reusable_at
    WHERE excluded.reusable_at > reusable_at`,
  sweepRequests: `DELETE FROM request WHERE key IN (SELECT key FROM request WHERE key ${AREA} LIMIT ${CHUNK})`,
  sweepTasks: `DELETE FROM task WHERE key IN (SELECT key FROM task WHERE key ${AREA} ORDER BY key LIMIT ${CHUNK})`,
  sweepTombstones: `DELETE FROM tombstone WHERE area = ?1
    AND id IN (SELECT id FROM tombstone WHERE area = ?1 LIMIT ${CHUNK})`,
  forgetArea: "DELETE FROM dropped WHERE area = ?1",
};

const queries: Readonly<Record<Query, string>> = {
  areas: "SELECT CAST(name AS BLOB), tasks, tombstones FROM queue",
  dropped: "SELECT area, tombstones, reusable_at, generated_after FROM dropped",
  queues: "SELECT CAST(record AS BLOB) FROM queue",
  // The tasks of an area after a sequence, as one text.
  tasks: `SELECT CAST(json_group_array(json_array(sequence, id, named, ${exactly("created_at")}, ${exactly("scheduled_at")},
    ${exactly("deadline_ms")}, retry, attempts, definition, dead_letter)) AS BLOB)
    FROM (SELECT key & ${SEQUENCE} AS sequence, * FROM task WHERE key > (${KEY}) AND key <= ((?1 << 40) | ${SEQUENCE})
      ORDER BY key LIMIT ${TASKS_PER_READ})`,
  request: `SELECT CAST(head AS BLOB), body FROM request WHERE key = ${KEY}`,
  tombstones: "SELECT CAST(id AS BLOB), named, reusable_at FROM tombstone WHERE area = ?1 ORDER BY reusable_at",
  // The same, with the names of purged tasks that have not moved yet. The latest tombstone of a name counts.
  purged: `SELECT CAST(id AS BLOB), named, max(reusable_at) FROM (
      SELECT id, named, reusable_at FROM tombstone WHERE area = ?1
      UNION ALL
      SELECT task.id, task.named, dropped.reusable_at FROM dropped JOIN task
        ON task.key BETWEEN dropped.area << 40 AND (dropped.area << 40) | ${SEQUENCE}
        WHERE dropped.tombstones = ?1 AND (task.named = 1 OR task.key & ${SEQUENCE} > dropped.generated_after)
    ) GROUP BY id ORDER BY 3`,
  values: "SELECT CAST(key AS BLOB), CAST(value AS BLOB) FROM value",
};

/** All prepared statements of a store by name. Those of `queries` return rows as arrays, with text as bytes. */
export type Statements = Readonly<Record<Change | Query, Sqlite.Statement>>;

/** Prepares all statements. Always pass parameters as one array: libsql reads a single object as named parameters. */
export function prepareStatements(db: Sqlite.Database): Statements {
  const prepared = {} as Record<Change | Query, Sqlite.Statement>;
  for (const name of Object.keys(sql) as Change[]) prepared[name] = db.prepare(sql[name]);
  for (const name of Object.keys(queries) as Query[]) prepared[name] = db.prepare(queries[name]).raw();
  return prepared;
}
