import { expect, test } from "vitest";
import type { TaskRecord, TaskRequest, Tombstone } from "../../src/engine/records.ts";
import type { Store } from "../../src/store/store.ts";
import { request } from "../support/engine.ts";
import { type Contents, configured, contents, other, queue, requests, taskOf } from "../support/records.ts";

/** Creates a new, empty store. */
export type CreateStore = () => Promise<Store>;

/** Returns the store to check: the given store itself, or one that was opened on its data. */
export type Reopen = (store: Store) => Promise<Store>;

const empty: Contents = { queues: [], tasks: [], tombstones: [], values: [] };

const keepOpen: Reopen = async (store) => store;

/**
 * The tests that every store must pass.
 *
 * @param reopen - for a durable store: closes it and opens its data again. By default the store itself is checked.
 */
export function storeSuite(name: string, create: CreateStore, reopen: Reopen = keepOpen): void {
  test(`${name}: a new store is empty`, async () => {
    await using store = disposable(await reopen(await create()));
    expect(contents(store)).toEqual(empty);
  });

  queueTests(name, create, reopen);
  taskTests(name, create, reopen);
  requestTests(name, create, reopen);
  tombstoneTests(name, create, reopen);
  deletionTests(name, create, reopen);
  purgeTests(name, create, reopen);
  valueTests(name, create, reopen);
}

function queueTests(name: string, create: CreateStore, reopen: Reopen): void {
  test(`${name}: putting a queue again replaces all its fields`, async () => {
    const first = await create();
    first.putQueue(queue);
    first.putQueue(configured);
    await using store = disposable(await reopen(first));
    expect(contents(store).queues).toEqual([configured]);
  });
}

/** Times that are not a multiple of a microsecond, very small or very late. */
const times = [
  0,
  0.001,
  1 / 3,
  1_000.1,
  1_893_456_000_000.1228,
  2 ** 40 + 2 ** -12,
  253_402_300_799_999.97,
  2 ** 53 - 1,
];

const definitions = [undefined, "send", "a\u0000b", 'a "quoted" \\ name\n\u0001\u007f', "größe 🚀 \u2028"];

function taskTests(name: string, create: CreateStore, reopen: Reopen): void {
  test(`${name}: thousands of tasks are loaded in order, with exact times and any names`, async () => {
    const first = await create();
    const tasks = Array.from({ length: 4_321 }, (_, index): TaskRecord => {
      const time = times[index % times.length] ?? 0;
      const definition = definitions[index % definitions.length];
      const own = { createdAt: time, scheduledAt: time + index / 7, deadlineMs: 15_000 + time, definition };
      return { ...taskOf(index % 4 === 0 ? other : queue, index + 1), ...own, id: `${index}-${definition}` };
    });
    first.putQueue(queue);
    first.putQueue(other);
    for (const task of tasks) first.insertTask(task, request);
    await using store = disposable(await reopen(first));
    const loaded = [...store.load().tasks];
    for (const { name: own } of [queue, other]) {
      expect(loaded.filter((task) => task.queue === own)).toEqual(tasks.filter((task) => task.queue === own));
    }
    expect(loaded.length).toBe(tasks.length);
  });

  test(`${name}: tasks are loaded in order of their sequence, with the changes of attempts`, async () => {
    const first = await create();
    first.putQueue(queue);
    first.putQueue(other);
    first.insertTask(taskOf(other, 1), request);
    first.insertTask(taskOf(queue, 2), request);
    first.insertTask({ ...taskOf(other, 3), named: false }, request);
    const attempted: TaskRecord = {
      ...taskOf(other, 1),
      scheduledAt: 1_893_456_000_123.456,
      dispatchCount: 2,
      responseCount: 1,
      executionCount: 1,
      failureCount: 1,
      firstDispatchedAt: 2_000.001,
      lastAttempt: { scheduledAt: 1_500, dispatchedAt: 2_000.5, finishedAt: 2_001, status: 504, timedOut: true },
    };
    first.updateTask(attempted);
    await using store = disposable(await reopen(first));
    expect([...store.load().tasks].filter((task) => task.queue === other.name)).toEqual([
      attempted,
      { ...taskOf(other, 3), named: false },
    ]);
    expect(contents(store).tasks[1]).toEqual(taskOf(queue, 2));
  });

  test(`${name}: a task keeps its own retry settings and an attempt that has not ended`, async () => {
    const retry = { maxAttempts: 3, maxRetryDurationMs: 0, minBackoffMs: 0.5, maxBackoffMs: 1_000, maxDoublings: 0 };
    const running = { scheduledAt: 1, dispatchedAt: 2, finishedAt: undefined, status: undefined, timedOut: false };
    const task: TaskRecord = { ...taskOf(queue, 1), retry, lastAttempt: running };
    const first = await create();
    first.putQueue(queue);
    first.insertTask(task, request);
    await using store = disposable(await reopen(first));
    expect(contents(store).tasks).toEqual([task]);
  });

  test(`${name}: updating a deleted task does not restore it`, async () => {
    const first = await create();
    first.putQueue(queue);
    first.insertTask(taskOf(queue, 1), request);
    first.deleteTask(taskOf(queue, 1));
    first.updateTask(taskOf(queue, 1));
    await using store = disposable(await reopen(first));
    expect(contents(store).tasks).toEqual([]);
  });
}

function requestTests(name: string, create: CreateStore, reopen: Reopen): void {
  test.each(requests)(`${name}: a request %s is kept byte for byte, and deleted with its task`, async (_, sent) => {
    const task = taskOf(queue, 1);
    const first = await create();
    first.putQueue(queue);
    first.insertTask(task, sent);
    first.updateTask({ ...task, dispatchCount: 1 });
    await using store = disposable(await reopen(first));
    expect(comparable(store.requestOf(task))).toEqual(comparable(sent));
    expect(store.requestOf(task)?.body.constructor).toBe(Uint8Array);
    store.deleteTask(task);
    expect(store.requestOf(task)).toBeUndefined();
  });
}

/** Comparing a large array element by element takes seconds. */
function comparable(sent: TaskRequest | undefined): unknown {
  return sent && { ...sent, body: Buffer.from(sent.body).toString("base64") };
}

function tombstoneTests(name: string, create: CreateStore, reopen: Reopen): void {
  test(`${name}: tombstones are loaded in order of reusableAt, each name once`, async () => {
    const first = await create();
    first.putQueue(queue);
    first.putTombstone({ name: `${queue.name}/tasks/a`, named: true, reusableAt: 10 });
    first.putTombstone({ name: `${queue.name}/tasks/c`, named: false, reusableAt: 30.5 });
    first.putTombstone({ name: `${queue.name}/tasks/b`, named: false, reusableAt: 20 });
    first.putTombstone({ name: queue.name, named: true, reusableAt: 35 });
    first.putTombstone({ name: `${queue.name}/tasks/a`, named: true, reusableAt: 40 });
    first.deleteTombstone(`${queue.name}/tasks/b`);
    await using store = disposable(await reopen(first));
    const ofTasks = [...store.load().tombstones].filter((tombstone) => tombstone.name !== queue.name);
    expect(ofTasks).toEqual([
      { name: `${queue.name}/tasks/c`, named: false, reusableAt: 30.5 },
      { name: `${queue.name}/tasks/a`, named: true, reusableAt: 40 },
    ]);
    expect(contents(store).tombstones).toContainEqual({ name: queue.name, named: true, reusableAt: 35 });
  });
}

function deletionTests(name: string, create: CreateStore, reopen: Reopen): void {
  async function createFilled(): Promise<Store> {
    const store = await create();
    store.putQueue(queue);
    store.putQueue(other);
    store.insertTask(taskOf(queue, 1), request);
    store.insertTask(taskOf(other, 2), request);
    store.putTombstone({ name: `${queue.name}/tasks/a`, named: true, reusableAt: 10 });
    store.putTombstone({ name: `${other.name}/tasks/a`, named: true, reusableAt: 11 });
    store.putTombstone({ name: queue.name, named: true, reusableAt: 12 });
    store.putValue({ key: "k", value: "v" });
    return store;
  }

  test(`${name}: deleting a queue deletes its tasks and their tombstones, and no others`, async () => {
    const first = await createFilled();
    first.deleteQueue(queue.name);
    await using store = disposable(await reopen(first));
    expect(contents(store)).toEqual({
      queues: [other],
      tasks: [taskOf(other, 2)],
      tombstones: [
        { name: `${other.name}/tasks/a`, named: true, reusableAt: 11 },
        { name: queue.name, named: true, reusableAt: 12 },
      ],
      values: [{ key: "k", value: "v" }],
    });
    expect(store.requestOf(taskOf(queue, 1))).toBeUndefined();
  });

  test(`${name}: a queue that is created again after its deletion is empty`, async () => {
    const first = await createFilled();
    first.deleteQueue(queue.name);
    first.putQueue(configured);
    first.insertTask(taskOf(queue, 3), request);
    await using store = disposable(await reopen(first));
    expect(contents(store).queues).toEqual([configured, other]);
    expect(contents(store).tasks).toEqual([taskOf(other, 2), taskOf(queue, 3)]);
  });

  test(`${name}: deleteTasks() deletes the tasks of the queue and nothing else`, async () => {
    const first = await createFilled();
    first.deleteTasks(queue.name);
    first.insertTask(taskOf(queue, 3), request);
    await using store = disposable(await reopen(first));
    expect(contents(store).queues).toEqual([queue, other]);
    expect(contents(store).tasks).toEqual([taskOf(other, 2), taskOf(queue, 3)]);
    expect(contents(store).tombstones.length).toBe(3);
    expect(store.requestOf(taskOf(queue, 1))).toBeUndefined();
  });

  test(`${name}: clear() deletes everything except the values, and the store can be used again`, async () => {
    const first = await createFilled();
    first.clear();
    first.putQueue(other);
    await using store = disposable(await reopen(first));
    expect(contents(store)).toEqual({ ...empty, queues: [other], values: [{ key: "k", value: "v" }] });
  });
}

function tombstone(id: string, reusableAt: number, named = true): Tombstone {
  return { name: `${queue.name}/tasks/${id}`, named, reusableAt };
}

function purgeTests(name: string, create: CreateStore, reopen: Reopen): void {
  test(`${name}: purgeTasks() deletes the tasks of the queue and keeps their names until later tombstones of them end`, async () => {
    const first = await create();
    const names = { reusableAt: 50, generatedAfter: 2 };
    first.putQueue(queue);
    first.putQueue(other);
    for (const [sequence, id, named] of [
      [1, "named", true],
      [2, "old", false],
      [3, "new", false],
      [4, "earlier", true],
      [5, "later", true],
    ] as const) {
      first.insertTask({ ...taskOf(queue, sequence), id, named }, request);
    }
    first.insertTask(taskOf(other, 6), request);
    first.putTombstone(tombstone("earlier", 10));
    first.purgeTasks(queue.name, names);
    first.putTombstone(tombstone("later", 60));
    first.insertTask(taskOf(queue, 7), request);
    const expected = [
      tombstone("earlier", 50),
      tombstone("named", 50),
      tombstone("new", 50, false),
      tombstone("later", 60),
    ];
    const found = (store: Store): unknown =>
      [...contents(store).tombstones].sort((a, b) => a.reusableAt - b.reusableAt || (a.name < b.name ? -1 : 1));
    expect(found(first)).toEqual(expected);
    await using store = disposable(await reopen(first));
    expect(found(store)).toEqual(expected);
    expect(contents(store).tasks).toEqual([taskOf(other, 6), taskOf(queue, 7)]);
    expect(store.requestOf(taskOf(queue, 1))).toBeUndefined();
  });

  test(`${name}: a queue that is deleted after a purge leaves no names`, async () => {
    const first = await create();
    first.putQueue(queue);
    first.insertTask(taskOf(queue, 1), request);
    first.purgeTasks(queue.name, { reusableAt: 50, generatedAfter: 0 });
    first.deleteQueue(queue.name);
    first.putQueue(queue);
    await using store = disposable(await reopen(first));
    expect(contents(store).tombstones).toEqual([]);
  });
}

function valueTests(name: string, create: CreateStore, reopen: Reopen): void {
  test(`${name}: the last value of each key is kept unchanged until it is deleted`, async () => {
    const first = await create();
    first.putValue({ key: "kept", value: "before" });
    first.putValue({ key: "kept", value: '"ü" \u0000 \ud800 \n' });
    first.putValue({ key: "deleted", value: "x" });
    first.deleteValue("deleted");
    await using store = disposable(await reopen(first));
    expect(contents(store).values).toEqual([{ key: "kept", value: '"ü" \u0000 \ud800 \n' }]);
  });
}

function disposable(store: Store): Store & AsyncDisposable {
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}
