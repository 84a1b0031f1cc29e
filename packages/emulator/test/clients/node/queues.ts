import { expect } from "vitest";
import { startTarget } from "../../support/target.ts";
import type { Bench, V2Client } from "./bench.ts";
import { failureOf } from "./failure.ts";
import { inSeconds } from "./times.ts";

/** A case of v2 for Google's client for Node. */
export type V2Case = (bench: Bench<V2Client>) => Promise<void>;

const url = "http://127.0.0.1:9/";

const createQueue: V2Case = async ({ client, location }) => {
  const name = `${location}/queues/mail`;
  const rateLimits = { maxDispatchesPerSecond: 1, maxConcurrentDispatches: 2 };
  const retryConfig = {
    maxAttempts: -1,
    maxRetryDuration: { seconds: 90 },
    minBackoff: { nanos: 250_000_000 },
    maxBackoff: { seconds: 10, nanos: 500_000_000 },
    maxDoublings: 3,
  };
  const [created] = await client.createQueue({ parent: location, queue: { name, rateLimits, retryConfig } });
  expect(created).toMatchObject({
    name,
    state: "RUNNING",
    rateLimits: { maxDispatchesPerSecond: 1, maxBurstSize: 10, maxConcurrentDispatches: 2 },
    retryConfig: {
      maxAttempts: -1,
      maxRetryDuration: { seconds: "90", nanos: 0 },
      minBackoff: { seconds: "0", nanos: 250_000_000 },
      maxBackoff: { seconds: "10", nanos: 500_000_000 },
      maxDoublings: 3,
    },
  });
  const [found] = await client.getQueue({ name });
  expect(found).toEqual(created);
  expect(await failureOf(client.createQueue({ parent: location, queue: { name } }))).toMatchObject({
    code: 6,
    message: "Queue already exists",
  });
};

const getQueueDefaults: V2Case = async ({ client, location }) => {
  const name = `${location}/queues/plain`;
  await client.createQueue({ parent: location, queue: { name } });
  const [queue] = await client.getQueue({ name });
  expect(queue).toMatchObject({
    name,
    state: "RUNNING",
    purgeTime: null,
    rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
    retryConfig: {
      maxAttempts: 100,
      maxRetryDuration: null,
      minBackoff: { seconds: "0", nanos: 100_000_000 },
      maxBackoff: { seconds: "3600", nanos: 0 },
      maxDoublings: 16,
    },
  });
};

const listQueues: V2Case = async ({ client, location, queue }) => {
  for (const id of ["b", "a"])
    await client.createQueue({ parent: location, queue: { name: `${location}/queues/${id}` } });
  const names = [`${location}/queues/a`, `${location}/queues/b`, queue];
  const [page, next] = await client.listQueues({ parent: location, pageSize: 2 }, { autoPaginate: false });
  expect(page.map(({ name }) => name)).toEqual(names.slice(0, 2));
  const [rest, end] = await client.listQueues(next ?? {}, { autoPaginate: false });
  expect(rest.map(({ name }) => name)).toEqual(names.slice(2));
  expect(await client.listQueues(end ?? {}, { autoPaginate: false })).toMatchObject([[], null, {}]);
  const [all] = await client.listQueues({ parent: location });
  expect(all.map(({ name }) => name)).toEqual(names);
  await client.pauseQueue({ name: queue });
  const [paused] = await client.listQueues({ parent: location, filter: "state: PAUSED" });
  expect(paused.map(({ name }) => name)).toEqual([queue]);
};

const updateQueue: V2Case = async ({ client, queue: name }) => {
  const [before] = await client.getQueue({ name });
  const queue = {
    name,
    rateLimits: { maxDispatchesPerSecond: 7, maxConcurrentDispatches: 3 },
    retryConfig: { maxAttempts: 2 },
  };
  const updateMask = { paths: ["rate_limits.max_concurrent_dispatches"] };
  const [updated] = await client.updateQueue({ queue, updateMask });
  expect(updated).toEqual({ ...before, rateLimits: { ...before.rateLimits, maxConcurrentDispatches: 3 } });
  const [found] = await client.getQueue({ name });
  expect(found).toEqual(updated);
};

const pauseResume: V2Case = async ({ client, emulator, queue }) => {
  await using target = await startTarget(200);
  const [paused] = await client.pauseQueue({ name: queue });
  expect(paused.state).toBe("PAUSED");
  await client.createTask({ parent: queue, task: { httpRequest: { url: target.url } } });
  await emulator.advance("1m");
  expect(target.received).toHaveLength(0);
  const [resumed] = await client.resumeQueue({ name: queue });
  expect(resumed.state).toBe("RUNNING");
  await emulator.idle();
  expect(target.received).toHaveLength(1);
};

const purgeQueue: V2Case = async ({ client, queue }) => {
  const create = async (id: string): Promise<void> => {
    const task = { name: `${queue}/tasks/${id}`, scheduleTime: inSeconds(3600), httpRequest: { url } };
    await client.createTask({ parent: queue, task });
  };
  await create("before");
  const startedAt = Date.now();
  const [purged] = await client.purgeQueue({ name: queue });
  expect(Number(purged.purgeTime?.seconds)).toBeGreaterThanOrEqual(Math.floor(startedAt / 1000));
  await create("after");
  const [tasks] = await client.listTasks({ parent: queue });
  expect(tasks.map(({ name }) => name)).toEqual([`${queue}/tasks/after`]);
  const [found] = await client.getQueue({ name: queue });
  expect(found.purgeTime).toEqual(purged.purgeTime);
};

const deleteQueue: V2Case = async ({ client, queue }) => {
  await client.deleteQueue({ name: queue });
  expect(await failureOf(client.getQueue({ name: queue }))).toMatchObject({
    code: 5,
    message: "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.",
  });
  expect(await failureOf(client.deleteQueue({ name: queue }))).toMatchObject({
    code: 5,
    message: "Requested entity was not found.",
  });
};

const iamPolicy: V2Case = async ({ client, location, queue }) => {
  const bindings = [{ role: "roles/cloudtasks.enqueuer", members: ["user:ada@example.com"] }];
  await client.setIamPolicy({ resource: queue, policy: { bindings } });
  const [policy] = await client.getIamPolicy({ resource: queue });
  expect(policy.bindings).toMatchObject(bindings);
  const permissions = ["cloudtasks.tasks.create", "cloudtasks.queues.get"];
  const [tested] = await client.testIamPermissions({ resource: queue, permissions });
  expect(tested.permissions).toEqual([...permissions].sort());
  const [none] = await client.testIamPermissions({ resource: `${location}/queues/none`, permissions });
  expect(none.permissions).toEqual([]);
};

const locations: V2Case = async ({ client, location }) => {
  const listed: (string | null | undefined)[] = [];
  for await (const { name } of client.listLocationsAsync({ name: "projects/p" })) listed.push(name);
  expect(listed).toEqual([location]);
  // Declared to return a location, but it returns an array like every other call.
  const [found] = [await client.getLocation({ name: location })].flat();
  expect(found).toMatchObject({ name: location, locationId: "l" });
};

/** The cases about queues, locations and policies. */
export const queueCases = {
  "create-queue": createQueue,
  "get-queue-defaults": getQueueDefaults,
  "list-queues": listQueues,
  "update-queue": updateQueue,
  "pause-resume": pauseResume,
  "purge-queue": purgeQueue,
  "delete-queue": deleteQueue,
  "iam-policy": iamPolicy,
  locations,
} satisfies Record<string, V2Case>;
