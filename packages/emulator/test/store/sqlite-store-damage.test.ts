import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import Sqlite from "libsql";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { call, createTask, queuePath } from "../support/api.ts";
import { dataDir } from "../support/data-dir.ts";
import { request } from "../support/engine.ts";
import { contents, queue, taskOf } from "../support/records.ts";

/** Creates a data directory with one record of each kind, and damages it with `statement`. */
async function damagedBy(statement: string): Promise<string> {
  const directory = dataDir();
  const store = await openSqliteStore(directory);
  store.putQueue(queue);
  const attempt = { scheduledAt: 0, dispatchedAt: 0, finishedAt: 1, status: 500, timedOut: false };
  store.insertTask({ ...taskOf(queue, 1), lastAttempt: attempt }, request);
  store.putTombstone({ name: `${queue.name}/tasks/x`, named: true, reusableAt: 5 });
  store.putValue({ key: "k", value: "v" });
  await store.close();
  const db = new Sqlite(join(directory, "emulator.db"));
  db.exec(statement);
  db.close();
  return directory;
}

async function read(directory: string): Promise<unknown> {
  const store = await openSqliteStore(directory);
  try {
    return contents(store);
  } finally {
    await store.close();
  }
}

test.each([
  ["the name of a queue", "UPDATE queue SET name = CAST(x'61ff62' AS TEXT)"],
  ["the settings of a queue", "UPDATE queue SET record = CAST(x'7bff7d' AS TEXT)"],
  ["the id of a task", "UPDATE task SET id = CAST(x'61ff62' AS TEXT)"],
  ["the retry settings of a task", "UPDATE task SET retry = CAST(x'7bff7d' AS TEXT)"],
  ["the attempts of a task", "UPDATE task SET attempts = CAST(x'7bff7d' AS TEXT)"],
  ["the id of a tombstone", "UPDATE tombstone SET id = CAST(x'61ff62' AS TEXT)"],
  ["the key of a value", "UPDATE value SET key = CAST(x'61ff62' AS TEXT)"],
  ["a value", "UPDATE value SET value = CAST(x'22ff22' AS TEXT)"],
])("invalid UTF-8 in %s is reported as damage", async (_, statement) => {
  const directory = await damagedBy(statement);
  await expect(read(directory)).rejects.toMatchObject({
    name: "StoreError",
    code: "damaged",
    message: expect.stringContaining("is damaged (it contains text that is not valid UTF-8)"),
  });
});

test("a request that cannot be read fails only the call that reads it", async () => {
  const store = await openSqliteStore(await damagedBy("UPDATE request SET head = CAST(x'7bff7d' AS TEXT)"));
  expect(contents(store).tasks).toHaveLength(1);
  expect(() => store.requestOf(taskOf(queue, 1))).toThrow(expect.objectContaining({ code: "damaged" }));
  await store.close();
});

test("GetTask of a task whose request cannot be read is answered DATA_LOSS, naming the directory", async () => {
  const directory = dataDir();
  const first = await createEmulator({ dataDir: directory, queues: ["default"] });
  await createTask(first, { id: "t", url: "http://127.0.0.1:9/", delaySeconds: 3600 });
  await first.close();
  const db = new Sqlite(join(directory, "emulator.db"));
  db.exec("UPDATE request SET head = CAST(x'7bff7d' AS TEXT)");
  db.close();
  await using second = await createEmulator({ dataDir: directory });
  const { body } = await call(second, "GET", `${queuePath(second, "default")}/tasks/t?responseView=FULL`);
  expect(body).toMatchObject({ error: { status: "DATA_LOSS", message: expect.stringContaining(directory) } });
});

test.runIf(process.platform === "linux")(
  "an emulator that fails to open its data directory leaves no file open",
  async () => {
    const directory = await damagedBy("UPDATE task SET id = CAST(x'61ff62' AS TEXT)");
    await expect(createEmulator({ dataDir: directory })).rejects.toThrow("is damaged");
    const open = readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        return [];
      }
    });
    expect(open.filter((path) => path.startsWith(join(directory, "history")))).toEqual([]);
  },
);
