import { expect, test } from "vitest";
import type { QueueRecord, TaskRecord } from "../src/engine/records.ts";
import { defaultQueueSettings } from "../src/service/queue-settings.ts";
import type { Store } from "../src/store/store.ts";
import { request } from "./support/engine.ts";

const queue: QueueRecord = {
  name: "projects/p/locations/l/queues/q",
  state: "RUNNING",
  settings: defaultQueueSettings,
  purgedAt: undefined,
};

const other: QueueRecord = { ...queue, name: "projects/p/locations/l/queues/q-other" };

function taskOf({ name }: QueueRecord, sequence: number): TaskRecord {
  return {
    queue: name,
    id: `t${sequence}`,
    named: true,
    sequence,
    createdAt: 1_000,
    scheduledAt: 1_000.001,
    deadlineMs: 600_000,
    dispatchCount: 0,
    responseCount: 0,
    executionCount: 0,
    failureCount: 0,
    firstDispatchedAt: undefined,
    lastAttempt: undefined,
  };
}

function contents(store: Store): { queues: unknown[]; tasks: unknown[]; tombstones: unknown[] } {
  const { queues, tasks, tombstones } = store.load();
  return { queues: [...queues], tasks: [...tasks], tombstones: [...tombstones] };
}

/** What every store has to do. */
export function storeSuite(name: string, make: () => Promise<Store>): void {
  test(`${name}: a new store holds nothing`, async () => {
    const store = await make();
    expect(contents(store)).toEqual({ queues: [], tasks: [], tombstones: [] });
    await store.close();
  });

  test(`${name}: a queue that is put again replaces the one before`, async () => {
    const store = await make();
    store.putQueue(queue);
    store.putQueue({ ...queue, state: "PAUSED", purgedAt: 5.001 });
    expect(contents(store).queues).toEqual([{ ...queue, state: "PAUSED", purgedAt: 5.001 }]);
    await store.close();
  });

  test(`${name}: tasks come back in order of their sequence, with what attempts changed`, async () => {
    const store = await make();
    store.putQueue(queue);
    store.putQueue(other);
    store.insertTask(taskOf(other, 1), request);
    store.insertTask(taskOf(queue, 2), request);
    store.insertTask(taskOf(other, 3), request);
    const attempted: TaskRecord = {
      ...taskOf(other, 1),
      dispatchCount: 2,
      responseCount: 1,
      firstDispatchedAt: 2_000,
      lastAttempt: { scheduledAt: 1_500, dispatchedAt: 2_000.5, finishedAt: 2_001, status: 503 },
    };
    store.updateTask(attempted);
    expect(contents(store).tasks).toEqual([attempted, taskOf(queue, 2), taskOf(other, 3)]);
    await store.close();
  });

  requestTests(name, make);
  deletionTests(name, make);
}

function requestTests(name: string, make: () => Promise<Store>): void {
  test(`${name}: the request of a task stays with it, byte for byte, and goes with it`, async () => {
    const store = await make();
    const sent = {
      ...request,
      headers: { "X-Mixed-Case": "ü" },
      body: Uint8Array.of(0, 255, 10, 13),
      oidc: { serviceAccountEmail: "a@example.com", audience: "" },
    };
    const task = taskOf(queue, 1);
    store.putQueue(queue);
    store.insertTask(task, sent);
    store.updateTask({ ...task, dispatchCount: 1 });
    expect(store.requestOf(task)).toEqual(sent);
    store.deleteTask(task);
    expect(store.requestOf(task)).toBeUndefined();
    await store.close();
  });

  test(`${name}: a task that is gone cannot be changed back to life`, async () => {
    const store = await make();
    store.putQueue(queue);
    store.insertTask(taskOf(queue, 1), request);
    store.deleteTask(taskOf(queue, 1));
    store.updateTask(taskOf(queue, 1));
    expect(contents(store).tasks).toEqual([]);
    await store.close();
  });
}

function deletionTests(name: string, make: () => Promise<Store>): void {
  test(`${name}: a deleted queue takes its own tasks and tombstones with it, and no others`, async () => {
    const store = await make();
    store.putQueue(queue);
    store.putQueue(other);
    store.insertTask(taskOf(queue, 1), request);
    store.insertTask(taskOf(other, 2), request);
    store.putTombstone({ name: `${queue.name}/tasks/a`, named: true, reusableAt: 10 });
    store.putTombstone({ name: `${other.name}/tasks/a`, named: true, reusableAt: 11 });
    store.deleteQueue(queue.name);
    expect(contents(store)).toEqual({
      queues: [other],
      tasks: [taskOf(other, 2)],
      tombstones: [{ name: `${other.name}/tasks/a`, named: true, reusableAt: 11 }],
    });
    await store.close();
  });

  test(`${name}: tombstones come back in the order in which they were left, the same name once`, async () => {
    const store = await make();
    store.putTombstone({ name: `${queue.name}/tasks/a`, named: true, reusableAt: 10 });
    store.putTombstone({ name: `${queue.name}/tasks/b`, named: false, reusableAt: 20 });
    store.putTombstone({ name: queue.name, named: true, reusableAt: 30 });
    store.putTombstone({ name: `${queue.name}/tasks/a`, named: true, reusableAt: 40 });
    store.deleteTombstone(`${queue.name}/tasks/b`);
    expect(contents(store).tombstones).toEqual([
      { name: queue.name, named: true, reusableAt: 30 },
      { name: `${queue.name}/tasks/a`, named: true, reusableAt: 40 },
    ]);
    await store.close();
  });

  test(`${name}: cleared, it holds nothing`, async () => {
    const store = await make();
    store.putQueue(queue);
    store.insertTask(taskOf(queue, 1), request);
    store.putTombstone({ name: queue.name, named: true, reusableAt: 30 });
    store.clear();
    await store.flushed();
    expect(contents(store)).toEqual({ queues: [], tasks: [], tombstones: [] });
    await store.close();
  });
}
