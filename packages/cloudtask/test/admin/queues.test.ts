import { shard } from "cloudtask";
import type { OneQueueSettings, Queue } from "cloudtask/admin";
import { expect, test } from "vitest";
import { adminBench } from "../support/admin-bench.ts";
import { collect } from "../support/collect.ts";
import { failureOf } from "../support/failure.ts";

/** The defaults of Cloud Tasks. */
const DEFAULTS: Queue = {
  name: "",
  id: "emails",
  state: "running",
  rate: 500,
  burst: 100,
  concurrency: 1000,
  retry: { maxAttempts: 100, minBackoff: 100, maxBackoff: 3_600_000, maxDoublings: 16, maxRetryDuration: undefined },
  taskTtl: 31 * 86_400_000,
  logging: 0,
  target: undefined,
  routing: undefined,
  purgedAt: undefined,
  stats: undefined,
};

/** A queue without any default. */
const EVERYTHING: OneQueueSettings = {
  rate: 9,
  concurrency: 9,
  retry: { maxAttempts: 9, minBackoff: "9ms", maxBackoff: "9s", maxDoublings: 9, maxRetryDuration: "9s" },
  paused: true,
  taskTtl: "90d",
  logging: 0.9,
  target: { path: "/9" },
  routing: { service: "nine" },
};

const target = {
  scheme: "https",
  host: "worker.test",
  port: 8443,
  path: "/run",
  query: "a=1",
  method: "PUT",
  headers: { "X-Region": "eu", "X-Empty": "" },
  serviceAccount: "tasks@p.iam.gserviceaccount.com",
  audience: "https://worker.test",
} as const;

const oauthTarget = { serviceAccount: "a@b.test", oauthScope: "https://scope.test" };
const routing = { service: "api", version: "v1", instance: "0" };

/** Fields of a queue after a setting was written. */
type Written = Partial<Omit<Queue, "retry">> & { readonly retry?: Partial<Queue["retry"]> };

/** Each setting, as it is written and as it is read. */
const SETTINGS: readonly (readonly [OneQueueSettings, Written])[] = [
  [{ rate: 5 }, { rate: 5, burst: 10 }],
  [{ rate: "100/m" }, { rate: 100 / 60, burst: 10 }],
  [{ concurrency: 7 }, { concurrency: 7 }],
  [{ retry: { maxAttempts: -1 } }, { retry: { maxAttempts: -1 } }],
  [{ retry: { minBackoff: "0.5ms" } }, { retry: { minBackoff: 0.5 } }],
  [{ retry: { maxBackoff: 1234.567891 } }, { retry: { maxBackoff: 1234.567891 } }],
  [{ retry: { maxDoublings: 3 } }, { retry: { maxDoublings: 3 } }],
  [{ retry: { maxRetryDuration: "1d" } }, { retry: { maxRetryDuration: 86_400_000 } }],
  [{ retry: { maxRetryDuration: 0 } }, { retry: { maxRetryDuration: undefined } }],
  [{ taskTtl: "20d" }, { taskTtl: 20 * 86_400_000 }],
  [{ logging: 0.25 }, { logging: 0.25 }],
  [{ logging: 0 }, { logging: 0 }],
  [{ target: { host: "worker.test" } }, { target: { host: "worker.test" } }],
  [{ target }, { target }],
  [{ target: oauthTarget }, { target: oauthTarget }],
  [{ target: {} }, { target: undefined }],
  [{ routing }, { routing }],
  [
    { routing, taskTtl: "10d" },
    { routing, taskTtl: 10 * 86_400_000 },
  ],
  [{ routing: {} }, { routing: undefined }],
  [{ paused: true }, { state: "paused" }],
  [{ paused: false }, { state: "running" }],
  [{}, {}],
];

function written(queue: Queue, { retry, ...fields }: Written): Queue {
  return { ...queue, ...fields, retry: { ...queue.retry, ...retry }, stats: expect.anything() };
}

test.each(SETTINGS)("create with %j sets it and leaves the rest at the defaults", async (settings, expected) => {
  const { admin } = await adminBench();
  const { name } = await admin.queues.create("emails", settings);
  expect(await admin.queues.get(name)).toEqual(written({ ...DEFAULTS, name }, expected));
});

test.each(SETTINGS)("update with %j changes it and nothing else", async (settings, expected) => {
  const { admin } = await adminBench();
  await admin.queues.create("emails", EVERYTHING);
  const before = await admin.queues.get("emails");
  const updated = await admin.queues.update("emails", settings);
  expect(await admin.queues.get("emails")).toEqual(written(before, expected));
  expect(updated).toMatchObject({ name: before.name, rate: expected.rate ?? 9, state: expected.state ?? "paused" });
});

test.each(SETTINGS)("a plan with %j creates it, and a second plan is empty", async (settings, expected) => {
  const { admin } = await adminBench();
  await (await admin.queues.plan({ emails: settings })).apply();
  const { name } = await admin.queues.get("emails");
  expect(await admin.queues.get("emails")).toEqual(written({ ...DEFAULTS, name }, expected));
  expect((await admin.queues.plan({ emails: settings })).changes).toEqual([]);
});

test.each(SETTINGS)(
  "a plan with %j changes it and nothing else, and a second plan is empty",
  async (settings, expected) => {
    const { admin } = await adminBench();
    await admin.queues.create("emails", EVERYTHING);
    const before = await admin.queues.get("emails");
    await (await admin.queues.plan({ emails: settings })).apply();
    expect(await admin.queues.get("emails")).toEqual(written(before, expected));
    expect((await admin.queues.plan({ emails: settings })).changes).toEqual([]);
  },
);

test("the statistics of a queue are read with it", async () => {
  const { client, admin } = await adminBench();
  const task = client.task("greet", async () => undefined);
  const { scheduleTime } = await task().push();
  await task().push();
  expect((await admin.queues.get("default")).stats).toEqual({
    tasksCount: 2,
    oldestArrival: scheduleTime,
    executedLastMinute: 0,
    concurrentDispatches: 0,
    effectiveRate: expect.any(Number),
  });
});

test("queues are listed in order, with statistics if they are requested", async () => {
  const { admin } = await adminBench();
  for (const id of ["b", "c", "a"]) await admin.queues.create(id);
  const plain = await collect(admin.queues.list());
  expect(plain.map(({ id, stats }) => [id, stats])).toEqual(["a", "b", "c", "default"].map((id) => [id, undefined]));
  const withStats = await collect(admin.queues.list({ stats: true }));
  expect(withStats.map(({ stats }) => stats?.tasksCount)).toEqual([0, 0, 0, 0]);
});

test("pause, resume and purge return the queue", async () => {
  const { client, admin } = await adminBench();
  expect(await admin.queues.resume("default")).toMatchObject({ id: "default", state: "running" });
  expect(await admin.queues.pause("default")).toMatchObject({ state: "paused" });
  const { name } = await client
    .task("greet", async () => undefined)()
    .push();
  expect((await admin.queues.purge("default")).purgedAt).toBeInstanceOf(Date);
  expect(await failureOf(admin.tasks.get(name))).toMatchObject({ code: "API_ERROR", status: "NOT_FOUND" });
});

test("delete returns whether the queue existed", async () => {
  const { admin } = await adminBench();
  expect(await admin.queues.delete("default")).toBe(true);
  expect(await admin.queues.delete("default")).toBe(false);
});

test.each(["get", "pause", "resume", "purge"] as const)("%s of a missing queue throws NOT_FOUND", async (method) => {
  const { admin } = await adminBench();
  expect(await failureOf(admin.queues[method]("other"))).toMatchObject({ code: "API_ERROR", status: "NOT_FOUND" });
});

test("update of a missing queue throws NOT_FOUND and creates nothing", async () => {
  const { admin } = await adminBench();
  expect(await failureOf(admin.queues.update("other", { rate: 1 }))).toMatchObject({ status: "NOT_FOUND" });
  expect((await collect(admin.queues.list())).map(({ id }) => id)).toEqual(["default"]);
});

test("create of an existing queue throws ALREADY_EXISTS", async () => {
  const { admin } = await adminBench();
  expect(await failureOf(admin.queues.create("default"))).toMatchObject({ status: "ALREADY_EXISTS" });
});

test.each([
  [
    "create",
    { rate: 501 },
    'admin.queues.create("q").rate: expected dispatches per second of more than 0 and at most 500',
  ],
  [
    "update",
    { maxAttempts: 3 },
    'admin.queues.update("q").maxAttempts: unknown setting; did you mean retry.maxAttempts?',
  ],
  [
    "update",
    { deadLetter: "dead" },
    'admin.queues.update("q").deadLetter: this setting applies to several queues; use admin.queues.plan() instead',
  ],
] as const)("%s with %j is rejected before the call", async (method, settings, message) => {
  const { admin } = await adminBench();
  await expect(admin.queues[method]("q", settings as object)).rejects.toThrow(message);
});

test("the shards of a queue are found by name and added up", async () => {
  const { client, admin } = await adminBench({
    emulator: {
      queues: {
        "emails-0": { rate: 5, paused: true },
        "emails-1": { paused: true },
        "emails-01": null,
        "emails-10": { paused: true },
        emails: null,
      },
    },
  });
  const send = client.task("send", async (_: number) => undefined);
  const early = await send(1).push({ queue: "emails-10", delay: "1h" });
  await send(2).push({ queue: "emails-0", delay: "2h" });
  const { queues, ...sum } = await admin.queues.shards("emails");
  expect(queues.map(({ id }) => id)).toEqual(["emails-0", "emails-1", "emails-10"]);
  expect(sum).toEqual({
    id: "emails",
    rate: 1_005,
    concurrency: 3_000,
    stats: {
      tasksCount: 2,
      oldestArrival: early.scheduleTime,
      executedLastMinute: 0,
      concurrentDispatches: 0,
      effectiveRate: 1_005,
    },
  });
  expect((await admin.queues.shards(shard("emails", 2))).queues).toHaveLength(3);
});

test("a queue without shards has none", async () => {
  const { admin } = await adminBench();
  expect(await failureOf(admin.queues.shards("default"))).toMatchObject({
    status: "NOT_FOUND",
    message: expect.stringContaining("has no queue default-0. Create them with admin.queues.plan()."),
  });
});

test.each(["NOT_FOUND", "FAILED_PRECONDITION"] as const)(
  "a new queue that is not ready yet (%s) is paused when it is",
  async (status) => {
    const { emulator, admin } = await adminBench();
    const fault = emulator.faults.add({ on: "PauseQueue", status, times: 2 });
    expect(await admin.queues.create("dead", { paused: true })).toMatchObject({ id: "dead", state: "paused" });
    expect(fault.fired).toBe(2);
  },
);

test("an abort ends the wait for a new queue", async () => {
  const { emulator, admin } = await adminBench();
  emulator.faults.add({ on: "PauseQueue", status: "NOT_FOUND", times: "always" });
  const signal = AbortSignal.timeout(300);
  expect(await failureOf(admin.queues.create("dead", { paused: true }, { signal }))).toMatchObject({ code: "ABORTED" });
});
