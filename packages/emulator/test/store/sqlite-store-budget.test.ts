/** The SQL statements of tasks, which do not depend on the machine. */
import Sqlite from "libsql";
import { afterEach, expect, test, vi } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { dataDir } from "../support/data-dir.ts";
import { request } from "../support/engine.ts";
import { queue, taskOf } from "../support/records.ts";

const TASKS = 100;

afterEach(() => vi.restoreAllMocks());

/** Counts the executions of all statements that are prepared from now on. */
function countStatements(): () => number {
  let count = 0;
  const prepare = Sqlite.prototype.prepare;
  vi.spyOn(Sqlite.prototype, "prepare").mockImplementation(function (this: Sqlite.Database, sql) {
    const statement = prepare.call(this, sql);
    const { run, get } = statement;
    statement.run = (...parameters: unknown[]) => {
      count += 1;
      return Reflect.apply(run, statement, parameters) as Sqlite.RunResult;
    };
    statement.get = (...parameters: unknown[]) => {
      count += 1;
      return Reflect.apply(get, statement, parameters) as unknown;
    };
    return statement;
  });
  return () => count;
}

test("a task costs two statements to create, and one to start, succeed and leave a tombstone", async () => {
  const statements = countStatements();
  const store = await openSqliteStore(dataDir());
  store.putQueue(queue);
  await store.flushed();
  const before = statements();
  const tasks = Array.from({ length: TASKS }, (_, index) => taskOf(queue, index + 1));
  for (const task of tasks) store.insertTask(task, request);
  await store.flushed();
  const created = statements();
  for (const task of tasks) {
    expect(store.requestOf(task)).toEqual(request);
    store.updateTask({ ...task, dispatchCount: 1 });
    store.deleteTask(task);
    store.putTombstone({ name: `${queue.name}/tasks/${task.id}`, named: false, reusableAt: 1 });
  }
  await store.flushed();
  // BEGIN and COMMIT, and one statement that deletes all tasks, one that deletes all requests.
  expect([created - before, statements() - created]).toEqual([2 * TASKS + 2, TASKS + 4]);
  await store.close();
});
