import { cpSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import Sqlite from "libsql";
import { expect, test } from "vitest";
import type { QueueRecord } from "../../src/engine/records.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { dataDir } from "../support/data-dir.ts";
import { request } from "../support/engine.ts";
import { configured, contents, other, queue, requests, taskOf } from "../support/records.ts";

/** A store in memory and a store on disk that get the same calls. */
interface Run {
  readonly directory: string;
  readonly memory: MemoryStore;
  disk: Store;
  lastSequence: number;
}

type Step = { readonly kind: keyof typeof steps; readonly pick: number };

const records: readonly QueueRecord[] = [queue, other, configured, { ...other, state: "PAUSED" }];

/** The tombstones of purges end after all others. */
const PURGED_UNTIL = 10_000;

const steps = {
  putQueue: (run: Run, pick: number) => both(run, (store) => store.putQueue(oneOf(records, pick))),
  deleteQueue: (run: Run, pick: number) => both(run, (store) => store.deleteQueue(oneOf(records, pick).name)),
  insertTask: (run: Run, pick: number) => {
    run.lastSequence += 1;
    const [, sent] = oneOf(requests.slice(0, -1), pick);
    onOne([...run.memory.load().queues], pick, (record) => {
      both(run, (store) => store.insertTask(taskOf(record, run.lastSequence), sent));
    });
  },
  updateTask: (run: Run, pick: number) => {
    onOne([...run.memory.load().tasks], pick, (task) => {
      const lastAttempt = {
        scheduledAt: 0,
        dispatchedAt: pick,
        finishedAt: undefined,
        status: undefined,
        timedOut: false,
      };
      both(run, (store) => store.updateTask({ ...task, scheduledAt: pick / 1000, dispatchCount: pick, lastAttempt }));
    });
  },
  deleteTask: (run: Run, pick: number) => {
    onOne([...run.memory.load().tasks], pick, (task) => both(run, (store) => store.deleteTask(task)));
  },
  deleteTasks: (run: Run, pick: number) => both(run, (store) => store.deleteTasks(oneOf(records, pick).name)),
  purgeTasks: (run: Run, pick: number) => {
    const names = { reusableAt: PURGED_UNTIL + pick, generatedAfter: pick % 20 };
    both(run, (store) => store.purgeTasks(oneOf(records, pick).name, names));
  },
  putTombstone: (run: Run, pick: number) => {
    onOne([...run.memory.load().queues], pick, ({ name }) => {
      const tombstone = { name: oneOf([name, `${name}/tasks/a`, `${name}/tasks/b`], pick), named: pick % 2 === 0 };
      both(run, (store) => store.putTombstone({ ...tombstone, reusableAt: pick }));
    });
  },
  deleteTombstone: (run: Run, pick: number) => {
    // The tombstone of a purged task must have expired before it is deleted.
    const deletable = [...run.memory.load().tombstones].filter(({ reusableAt }) => reusableAt < PURGED_UNTIL);
    onOne(deletable, pick, ({ name }) => both(run, (store) => store.deleteTombstone(name)));
  },
  putValue: (run: Run, pick: number) => {
    both(run, (store) => store.putValue({ key: `k${pick % 3}`, value: String(pick) }));
  },
  deleteValue: (run: Run, pick: number) => both(run, (store) => store.deleteValue(`k${pick % 3}`)),
  clear: (run: Run) => both(run, (store) => store.clear()),
  flush: ({ disk }: Run) => disk.flushed(),
  turn: () => setImmediate(),
  reopen: async (run: Run) => {
    await run.disk.close();
    run.disk = await openSqliteStore(run.directory);
  },
};

function both({ memory, disk }: Run, call: (store: Store) => void): void {
  call(memory);
  call(disk);
}

function oneOf<T>(items: readonly [T, ...T[]] | readonly T[], pick: number): T {
  return items[pick % items.length] as T;
}

function onOne<T>(items: readonly T[], pick: number, apply: (item: T) => void): void {
  for (const item of items.slice(pick % Math.max(1, items.length)).slice(0, 1)) apply(item);
}

function everything(store: Store): unknown {
  const all = contents(store);
  return { ...all, requests: all.tasks.map((task) => store.requestOf(task)) };
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...(Object.keys(steps) as Step["kind"][]), "insertTask" as const, "putQueue" as const),
  pick: fc.nat(1_000),
});

test("after any calls and restarts, the store on disk has the same content as a store in memory", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 60 }), async (list) => {
      const directory = dataDir();
      const run: Run = {
        directory,
        memory: new MemoryStore(),
        disk: await openSqliteStore(directory),
        lastSequence: 0,
      };
      for (const { kind, pick } of list) {
        await steps[kind](run, pick);
        expect(everything(run.disk)).toEqual(everything(run.memory));
      }
      await steps.reopen(run);
      expect(everything(run.disk)).toEqual(everything(run.memory));
      await run.disk.close();
    }),
    { numRuns: 40 },
  );
}, 60_000);

/** Returns the number of task, request and tombstone rows in the database of a closed store. */
function rowCount(directory: string): unknown {
  const db = new Sqlite(join(directory, "emulator.db"));
  const counts = "(SELECT count(*) FROM task) + (SELECT count(*) FROM request) + (SELECT count(*) FROM tombstone)";
  return db.prepare(`SELECT ${counts} AS rows`).raw().get([]);
}

function fill(store: Store, from: number, count: number, bytes: number): void {
  for (let sequence = from; sequence < from + count; sequence += 1) {
    store.insertTask(taskOf(queue, sequence), { ...request, body: new Uint8Array(bytes) });
  }
}

test("a purge that a crash interrupts goes on in the next process, and loses no name", async () => {
  const directory = dataDir();
  const first = await openSqliteStore(directory);
  first.putQueue(queue);
  fill(first, 1, 20_000, 10);
  first.purgeTasks(queue.name, { reusableAt: 99, generatedAfter: 0 });
  await first.flushed();
  await setImmediate();
  const copy = dataDir();
  cpSync(directory, copy, { recursive: true });
  await first.close();
  const second = await openSqliteStore(copy);
  second.insertTask(taskOf(queue, 20_001), request);
  const { tasks, tombstones } = contents(second);
  expect(tasks.map(({ sequence }) => sequence)).toEqual([20_001]);
  expect(tombstones.length).toBe(20_000);
  // At least 100 rows are deleted in a turn.
  for (let turn = 0; turn < 500; turn += 1) await setImmediate();
  expect(contents(second).tombstones).toEqual(tombstones);
  await second.close();
  expect(rowCount(copy)).toEqual([20_002]);
}, 60_000);

test("the rows of a deleted queue are deleted in batches, if necessary by the next process", async () => {
  const directory = dataDir();
  const first = await openSqliteStore(directory);
  first.putQueue(queue);
  fill(first, 1, 2_000, 10);
  for (let index = 0; index < 500; index += 1) {
    first.putTombstone({ name: `${queue.name}/tasks/x${index}`, named: true, reusableAt: index });
  }
  await first.flushed();
  first.deleteQueue(queue.name);
  await first.close();
  expect(rowCount(directory)).toEqual([4_500]);
  const second = await openSqliteStore(directory);
  expect(contents(second).tasks).toEqual([]);
  // Each turn of the event loop deletes a hundred rows or more.
  for (let turn = 0; turn < 100; turn += 1) await setImmediate();
  await second.close();
  expect(rowCount(directory)).toEqual([0]);
});

test("neither the database nor its log grows without limit while tasks are created and deleted", async () => {
  const directory = dataDir();
  const store = await openSqliteStore(directory);
  store.putQueue(queue);
  const sizes: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    fill(store, 1 + round * 1_000, 1_000, 4_000);
    await store.flushed();
    for (let sequence = 1 + round * 1_000; sequence <= 1_000 + round * 1_000; sequence += 1) {
      store.deleteTask(taskOf(queue, sequence));
    }
    await store.flushed();
    const files = readdirSync(directory).map((name) => statSync(join(directory, name)).size);
    sizes.push(files.reduce((sum, size) => sum + size, 0));
  }
  expect(Math.max(...sizes)).toBeLessThan(4 * 1_000 * 4_000);
  await store.close();
});

test("a large database that is mostly empty is compacted when it is opened", async () => {
  const directory = dataDir();
  const file = join(directory, "emulator.db");
  const first = await openSqliteStore(directory);
  first.putQueue(queue);
  fill(first, 1, 30, 1_000_000);
  fill(first, 100, 3, 1_000);
  await first.flushed();
  for (let sequence = 1; sequence <= 30; sequence += 1) first.deleteTask(taskOf(queue, sequence));
  await first.close();
  expect(statSync(file).size).toBeGreaterThan(30_000_000);
  const second = await openSqliteStore(directory);
  expect(contents(second).tasks).toHaveLength(3);
  await second.close();
  expect(statSync(file).size).toBeLessThan(1_000_000);
});

test("changes of one turn of the event loop are written together, and flushed() resolves after that", async () => {
  const directory = dataDir();
  const logPages = (): number => statSync(join(directory, "emulator.db-wal")).size / 4_096;
  const store = await openSqliteStore(directory);
  store.putQueue(queue);
  await store.flushed();
  const before = logPages();
  const waits: (Promise<void> | undefined)[] = [];
  for (let sequence = 1; sequence <= 100; sequence += 1) {
    store.insertTask(taskOf(queue, sequence), request);
    waits.push(store.flushed());
  }
  expect(logPages()).toBe(before);
  await Promise.all(waits);
  expect(logPages() - before).toBeGreaterThan(1);
  expect(logPages() - before).toBeLessThan(20);
  await store.close();
});

test("after close(), flushed() rejects, and closing again has no effect", async () => {
  const store = await openSqliteStore(dataDir());
  store.putQueue(queue);
  const written = store.flushed();
  await store.close();
  await expect(written).resolves.toBeUndefined();
  store.putQueue(other);
  await expect(store.flushed()).rejects.toMatchObject({
    code: "closed",
    message: expect.stringContaining("is closed"),
  });
  await expect(store.close()).resolves.toBeUndefined();
});
