/**
 * A process that writes to the store of a directory until it is killed or a write fails. It prints `+N` when task N is on disk,
 * and `-N` when its deletion and its tombstone are on disk.
 */
import { writeSync } from "node:fs";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { request } from "./engine.ts";
import { contents, queue, taskOf } from "./records.ts";

const WRITERS = 8;
const print = (line: string): number => writeSync(1, `${line}\n`);

const [directory = ""] = process.argv.slice(2);
const store = await openSqliteStore(directory);
const { tasks, tombstones } = contents(store);
let last = Math.max(0, ...tasks.map(({ sequence }) => sequence), ...tombstones.map(({ reusableAt }) => reusableAt));
store.putQueue(queue);
print("open");

async function write(): Promise<never> {
  for (;;) {
    last += 1;
    const task = taskOf(queue, last);
    store.insertTask(task, { ...request, body: new Uint8Array(1_000).fill(task.sequence) });
    await store.flushed();
    print(`+${task.sequence}`);
    if (task.sequence % 2 === 0) continue;
    store.deleteTask(task);
    store.putTombstone({ name: `${queue.name}/tasks/${task.id}`, named: true, reusableAt: task.sequence });
    await store.flushed();
    print(`-${task.sequence}`);
  }
}

const ends = await Promise.allSettled(Array.from({ length: WRITERS }, write));
store.putValue({ key: "late", value: "" });
const late = await Promise.allSettled([store.flushed(), store.close()]);
for (const end of [...ends, ...late]) print(`! ${end.status === "rejected" ? end.reason : "resolved"}`);
