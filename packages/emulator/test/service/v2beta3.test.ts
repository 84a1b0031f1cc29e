import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type ApiAnswer, call, callAt, queuePath } from "../support/api.ts";
import { startTarget } from "../support/target.ts";

const location = "projects/local-project/locations/us-central1";

function beta(emulator: Emulator, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  return callAt(emulator, method, `/v2beta3/${path}`, body);
}

test("a queue has a task TTL, a tombstone TTL and a type", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const { body } = await beta(emulator, "GET", `${location}/queues/q`);
  expect(body).toMatchObject({ taskTtl: "2678400s", tombstoneTtl: "3600s", type: "PUSH", state: "RUNNING" });
  expect(body).not.toHaveProperty("stats");
  expect((await call(emulator, "GET", `${location}/queues/q`)).body).not.toHaveProperty("taskTtl");
});

test("the task TTL and the tombstone TTL can be set independently", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const path = `${location}/queues/q`;
  const ttl = await beta(emulator, "PATCH", `${path}?updateMask=task_ttl`, {
    taskTtl: "864000s",
    tombstoneTtl: "7200s",
  });
  expect(ttl.body).toMatchObject({ taskTtl: "864000s", tombstoneTtl: "3600s" });
  const both = await beta(emulator, "PATCH", `${path}?updateMask=tombstoneTtl`, { tombstoneTtl: "7200s" });
  expect(both.body).toMatchObject({ taskTtl: "864000s", tombstoneTtl: "7200s" });
});

test.each([
  ["taskTtl", "863999s"],
  ["taskTtl", "315360001s"],
  ["tombstoneTtl", "3599s"],
  ["tombstoneTtl", "777601s"],
])("%s of %s is out of its range", async (field, value) => {
  await using emulator = await createEmulator();
  const name = `${location}/queues/n`;
  const { body } = await beta(emulator, "POST", `${location}/queues`, { name, [field]: value });
  expect(body.error).toMatchObject({ status: "INVALID_ARGUMENT", message: expect.stringContaining(`Queue.${field}`) });
});

test("a read mask selects fields, and only it returns the statistics", async () => {
  await using target = await startTarget(200, 503);
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  await using emulator = await createEmulator({ clock, queues: { q: { retry: { minBackoff: "60s" } } } });
  for (const delay of [0, 0, 3600]) {
    const scheduleTime = new Date(clock.now() + delay * 1000).toISOString();
    await beta(emulator, "POST", `${location}/queues/q/tasks`, {
      task: { scheduleTime, httpRequest: { url: target.url } },
    });
  }
  await emulator.idle();
  expect((await beta(emulator, "GET", `${location}/queues/q?readMask=stats,name`)).body).toEqual({
    name: `${location}/queues/q`,
    stats: {
      tasksCount: "2",
      executedLastMinuteCount: "2",
      oldestEstimatedArrivalTime: "2030-01-01T00:01:00Z",
      effectiveExecutionRate: 500,
    },
  });
  const listed = await beta(emulator, "GET", `${location}/queues?readMask=rate_limits.max_burst_size`);
  expect(listed.body.queues).toEqual([{ rateLimits: { maxBurstSize: 100 } }]);
});

test("a read mask with an unknown field is rejected", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const { body } = await beta(emulator, "GET", `${location}/queues/q?readMask=color`);
  expect(body.error).toMatchObject({ status: "INVALID_ARGUMENT", message: expect.stringContaining('"color"') });
});

test("the queue type contains the App Engine routing, and a filter tests the fields of this version", async () => {
  await using emulator = await createEmulator({ queues: ["plain"] });
  const appEngineHttpQueue = { appEngineRoutingOverride: { service: "api", version: "v1" } };
  await beta(emulator, "POST", `${location}/queues`, { name: `${location}/queues/ae`, appEngineHttpQueue });
  const routing = { service: "api", version: "v1", host: "v1.api.local-project.appspot.com" };
  const filter = encodeURIComponent("appEngineHttpQueue.appEngineRoutingOverride.service = api");
  const found = await beta(emulator, "GET", `${location}/queues?filter=${filter}`);
  expect(found.body.queues).toMatchObject([{ appEngineHttpQueue: { appEngineRoutingOverride: routing } }]);
  const { body } = await call(emulator, "GET", `${location}/queues/ae`);
  expect(body).toMatchObject({ appEngineRoutingOverride: routing });
});

test("a task's retry configuration overrides its queue's", async () => {
  await using target = await startTarget(500);
  const clock = new ManualClock();
  await using emulator = await createEmulator({ clock, queues: ["q"] });
  const task = { httpRequest: { url: target.url }, retryConfig: { maxAttempts: 2, minBackoff: "30s" } };
  const { body } = await beta(emulator, "POST", `${location}/queues/q/tasks`, { task });
  expect(body.retryConfig).toMatchObject({ maxAttempts: 2, minBackoff: "30s", maxBackoff: "3600s" });
  await emulator.advance("29s");
  expect(target.received).toHaveLength(1);
  await emulator.advance("1s");
  expect(target.received).toHaveLength(2);
  expect((await beta(emulator, "GET", `${location}/queues/q/tasks`)).body).toEqual({});
});

test.each([
  ["pull queues", "queues", { name: `${location}/queues/p`, type: "PULL" }],
  ["pull tasks", "queues/default/tasks", { task: { pullMessage: {} } }],
  [
    "a retry config that cannot be",
    "queues/default/tasks",
    { task: { httpRequest: { url: "http://x/" }, retryConfig: { maxAttempts: -2 } } },
  ],
])("%s are rejected", async (_, path, body) => {
  await using emulator = await createEmulator();
  const answer = await beta(emulator, "POST", `${location}/${path}`, body);
  expect(answer.body.error).toMatchObject({ status: "INVALID_ARGUMENT" });
});

test("both versions share the same queues", async () => {
  await using emulator = await createEmulator();
  await beta(emulator, "POST", `${location}/queues`, {
    name: queuePath(emulator, "n"),
    rateLimits: { maxDispatchesPerSecond: 3 },
  });
  const { body } = await call(emulator, "GET", queuePath(emulator, "n"));
  expect(body).toMatchObject({ rateLimits: { maxDispatchesPerSecond: 3 } });
});
