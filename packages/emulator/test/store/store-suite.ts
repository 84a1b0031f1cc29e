import { expect, test } from "vitest";
import type { TaskRecord, TaskRequest } from "../../src/engine/records.ts";
import type { Store } from "../../src/store/store.ts";
import { request } from "../support/engine.ts";
import { type Contents, configured, contents, other, queue, requests, taskOf } from "../support/records.ts";

/** Makes a new, empty store. */
export type MakeStore = () => Promise<Store>;

/** What has to hold what a store was given: the store itself, or another that opens what it kept. */
export type Again = (store: Store) => Promise<Store>;

const nothing: Contents = { queues: [], tasks: [], tombstones: [], values: [] };

const onTheSpot: Again = async (store) => store;

/**
 * What every store has to do.
 *
 * @param again - for a store that is durable: closes it, and opens what it kept. Left out, the store is asked on the spot
 */
export function storeSuite(name: string, make: MakeStore, again: Again = onTheSpot): void {
  test(`${name}: a new store holds nothing`, async () => {
    await using store = disposable(await again(await make()));
    expect(contents(store)).toEqual(nothing);
  });

  queueTests(name, make, again);
  taskTests(name, make, again);
  requestTests(name, make, again);
  tombstoneTests(name, make, again);
  deletionTests(name, make, again);
  valueTests(name, make, again);
}

function queueTests(name: string, make: MakeStore, again: Again): void {
  test(`${name}: a queue that is put again replaces the one before, with all that it has`, async () => {
    const first = await make();
    first.putQueue(queue);
    first.putQueue(configured);
    await using store = disposable(await again(first));
    expect(contents(store).queues).toEqual([configured]);
  });
}

function taskTests(name: string, make: MakeStore, again: Again): void {
  test(`${name}: the tasks of a queue come back in order of their sequence, with what attempts changed`, async () => {
    const first = await make();
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
    await using store = disposable(await again(first));
    expect([...store.load().tasks].filter((task) => task.queue === other.name)).toEqual([
      attempted,
      { ...taskOf(other, 3), named: false },
    ]);
    expect(contents(store).tasks[1]).toEqual(taskOf(queue, 2));
  });

  test(`${name}: a task keeps the retry settings of its own, and an attempt that has not ended`, async () => {
    const retry = { maxAttempts: 3, maxRetryDurationMs: 0, minBackoffMs: 0.5, maxBackoffMs: 1_000, maxDoublings: 0 };
    const running = { scheduledAt: 1, dispatchedAt: 2, finishedAt: undefined, status: undefined, timedOut: false };
    const task: TaskRecord = { ...taskOf(queue, 1), retry, lastAttempt: running };
    const first = await make();
    first.putQueue(queue);
    first.insertTask(task, request);
    await using store = disposable(await again(first));
    expect(contents(store).tasks).toEqual([task]);
  });

  test(`${name}: a task that is gone cannot be changed back to life`, async () => {
    const first = await make();
    first.putQueue(queue);
    first.insertTask(taskOf(queue, 1), request);
    first.deleteTask(taskOf(queue, 1));
    first.updateTask(taskOf(queue, 1));
    await using store = disposable(await again(first));
    expect(contents(store).tasks).toEqual([]);
  });
}

function requestTests(name: string, make: MakeStore, again: Again): void {
  test.each(requests)(`${name}: a request %s stays with its task, byte for byte, and goes with it`, async (_, sent) => {
    const task = taskOf(queue, 1);
    const first = await make();
    first.putQueue(queue);
    first.insertTask(task, sent);
    first.updateTask({ ...task, dispatchCount: 1 });
    await using store = disposable(await again(first));
    expect(readable(store.requestOf(task))).toEqual(readable(sent));
    expect(store.requestOf(task)?.body.constructor).toBe(Uint8Array);
    store.deleteTask(task);
    expect(store.requestOf(task)).toBeUndefined();
  });
}

/** Comparing a large array element by element takes seconds. */
function readable(sent: TaskRequest | undefined): unknown {
  return sent && { ...sent, body: Buffer.from(sent.body).toString("base64") };
}

function tombstoneTests(name: string, make: MakeStore, again: Again): void {
  test(`${name}: tombstones come back in the order in which they end, the same name once`, async () => {
    const first = await make();
    first.putQueue(queue);
    first.putTombstone({ name: `${queue.name}/tasks/a`, named: true, reusableAt: 10 });
    first.putTombstone({ name: `${queue.name}/tasks/c`, named: false, reusableAt: 30.5 });
    first.putTombstone({ name: `${queue.name}/tasks/b`, named: false, reusableAt: 20 });
    first.putTombstone({ name: queue.name, named: true, reusableAt: 35 });
    first.putTombstone({ name: `${queue.name}/tasks/a`, named: true, reusableAt: 40 });
    first.deleteTombstone(`${queue.name}/tasks/b`);
    await using store = disposable(await again(first));
    const ofTasks = [...store.load().tombstones].filter((tombstone) => tombstone.name !== queue.name);
    expect(ofTasks).toEqual([
      { name: `${queue.name}/tasks/c`, named: false, reusableAt: 30.5 },
      { name: `${queue.name}/tasks/a`, named: true, reusableAt: 40 },
    ]);
    expect(contents(store).tombstones).toContainEqual({ name: queue.name, named: true, reusableAt: 35 });
  });
}

function deletionTests(name: string, make: MakeStore, again: Again): void {
  async function filled(): Promise<Store> {
    const store = await make();
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

  test(`${name}: a deleted queue takes its own tasks and tombstones with it, and no others`, async () => {
    const first = await filled();
    first.deleteQueue(queue.name);
    await using store = disposable(await again(first));
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

  test(`${name}: a queue that is created again after its deletion has nothing of the one before`, async () => {
    const first = await filled();
    first.deleteQueue(queue.name);
    first.putQueue(configured);
    first.insertTask(taskOf(queue, 3), request);
    await using store = disposable(await again(first));
    expect(contents(store).queues).toEqual([configured, other]);
    expect(contents(store).tasks).toEqual([taskOf(other, 2), taskOf(queue, 3)]);
  });

  test(`${name}: a purged queue loses the tasks that it had, and nothing else`, async () => {
    const first = await filled();
    first.deleteTasks(queue.name);
    first.insertTask(taskOf(queue, 3), request);
    await using store = disposable(await again(first));
    expect(contents(store).queues).toEqual([queue, other]);
    expect(contents(store).tasks).toEqual([taskOf(other, 2), taskOf(queue, 3)]);
    expect(contents(store).tombstones.length).toBe(3);
    expect(store.requestOf(taskOf(queue, 1))).toBeUndefined();
  });

  test(`${name}: cleared, it holds nothing but the values, and can be filled again`, async () => {
    const first = await filled();
    first.clear();
    first.putQueue(other);
    await using store = disposable(await again(first));
    expect(contents(store)).toEqual({ ...nothing, queues: [other], values: [{ key: "k", value: "v" }] });
  });
}

function valueTests(name: string, make: MakeStore, again: Again): void {
  test(`${name}: values come back as they are, the last of a key, until they are deleted`, async () => {
    const first = await make();
    first.putValue({ key: "kept", value: "before" });
    first.putValue({ key: "kept", value: '"ü" \u0000 \ud800 \n' });
    first.putValue({ key: "gone", value: "x" });
    first.deleteValue("gone");
    await using store = disposable(await again(first));
    expect(contents(store).values).toEqual([{ key: "kept", value: '"ü" \u0000 \ud800 \n' }]);
  });
}

function disposable(store: Store): Store & AsyncDisposable {
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}
