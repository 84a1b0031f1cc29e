import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, callAt, queuePath } from "../support/api.ts";

const start = {
  rate: 10,
  concurrency: 20,
  retry: { maxAttempts: 7, minBackoff: "2s", maxBackoff: "20s", maxDoublings: 4 },
};

const unchanged = {
  rateLimits: { maxDispatchesPerSecond: 10, maxBurstSize: 10, maxConcurrentDispatches: 20 },
  retryConfig: { maxAttempts: 7, minBackoff: "2s", maxBackoff: "20s", maxDoublings: 4 },
};

const wanted = {
  rateLimits: { maxDispatchesPerSecond: 100, maxBurstSize: 1, maxConcurrentDispatches: 200 },
  retryConfig: { maxAttempts: 70, minBackoff: "3s" },
};

const { rateLimits, retryConfig } = unchanged;

const masks: readonly [mask: string, changed: object][] = [
  [
    "rateLimits.maxDispatchesPerSecond",
    { rateLimits: { ...rateLimits, maxDispatchesPerSecond: 100, maxBurstSize: 20 } },
  ],
  [
    "rate_limits.max_dispatches_per_second",
    { rateLimits: { ...rateLimits, maxDispatchesPerSecond: 100, maxBurstSize: 20 } },
  ],
  ["rateLimits.max_concurrent_dispatches", { rateLimits: { ...rateLimits, maxConcurrentDispatches: 200 } }],
  ["rateLimits.maxBurstSize", {}],
  ["rate_limits", { rateLimits: { maxDispatchesPerSecond: 100, maxBurstSize: 20, maxConcurrentDispatches: 200 } }],
  [
    "retryConfig.maxAttempts,retry_config.min_backoff",
    { retryConfig: { ...retryConfig, maxAttempts: 70, minBackoff: "3s" } },
  ],
  ["retryConfig.maxDoublings", { retryConfig: { ...retryConfig, maxDoublings: 16 } }],
  ["retryConfig", { retryConfig: { maxAttempts: 70, minBackoff: "3s", maxBackoff: "3600s", maxDoublings: 16 } }],
  ["state,purgeTime,name", {}],
];

test.each(masks)("the mask %s changes only those fields", async (mask, changed) => {
  await using emulator = await createEmulator({ queues: { q: start } });
  const name = queuePath(emulator, "q");
  const updated = await call(emulator, "PATCH", `${name}?updateMask=${mask}`, { ...wanted, state: "PAUSED" });
  expect(updated.body).toEqual({ name, state: "RUNNING", ...unchanged, ...changed });
  expect(await call(emulator, "GET", name)).toEqual(updated);
});

test("without a mask all fields are updated, and missing ones get their defaults", async () => {
  await using emulator = await createEmulator({ queues: { q: start } });
  const { body } = await call(emulator, "PATCH", queuePath(emulator, "q"), wanted);
  expect(body).toMatchObject({
    rateLimits: { maxDispatchesPerSecond: 100, maxBurstSize: 20, maxConcurrentDispatches: 200 },
    retryConfig: { maxAttempts: 70, minBackoff: "3s", maxBackoff: "3600s", maxDoublings: 16 },
  });
});

test("a missing queue is created", async () => {
  await using emulator = await createEmulator();
  const name = queuePath(emulator, "new");
  const mask = "rateLimits.maxDispatchesPerSecond";
  const updated = await call(emulator, "PATCH", `${name}?update_mask=${mask}`, wanted);
  expect(updated.body).toMatchObject({
    rateLimits: { maxDispatchesPerSecond: 100, maxConcurrentDispatches: 1000 },
    retryConfig: { maxAttempts: 100 },
  });
  expect((await call(emulator, "GET", name)).status).toBe(200);
});

test("a paused queue stays paused when it is updated", async () => {
  await using emulator = await createEmulator({ queues: { q: start } });
  const name = queuePath(emulator, "q");
  await call(emulator, "POST", `${name}:pause`);
  expect((await call(emulator, "PATCH", name, { ...wanted, state: "RUNNING" })).body.state).toBe("PAUSED");
});

test("a mask with an unknown field is rejected", async () => {
  await using emulator = await createEmulator({ queues: { q: start } });
  const { body } = await call(emulator, "PATCH", `${queuePath(emulator, "q")}?updateMask=rateLimits.nonsense`, wanted);
  expect(body.error).toMatchObject({ code: 400, status: "INVALID_ARGUMENT" });
});

test("repeated mask parameters are combined", async () => {
  await using emulator = await createEmulator({ queues: { q: start } });
  const query = "updateMask=retryConfig.maxAttempts&updateMask=retryConfig.minBackoff,state";
  const { body } = await call(emulator, "PATCH", `${queuePath(emulator, "q")}?${query}`, wanted);
  expect(body).toMatchObject({ rateLimits, retryConfig: { ...retryConfig, maxAttempts: 70, minBackoff: "3s" } });
});

test("an update through v2 keeps the fields that only v2beta3 has", async () => {
  await using emulator = await createEmulator({ queues: { q: start } });
  const name = queuePath(emulator, "q");
  const times = { taskTtl: "864000s", tombstoneTtl: "7200s" };
  await callAt(emulator, "PATCH", `/v2beta3/${name}?updateMask=taskTtl,tombstoneTtl`, times);
  await call(emulator, "PATCH", name, wanted);
  const { body } = await callAt(emulator, "GET", `/v2beta3/${name}`);
  expect(body).toMatchObject({ ...times, rateLimits: { maxDispatchesPerSecond: 100 } });
});

test("a queue can be written back as it was read, even if the task cooldown is no valid tombstone TTL", async () => {
  await using emulator = await createEmulator({ queues: { q: start }, taskCooldown: "10m" });
  const path = `/v2beta3/${queuePath(emulator, "q")}`;
  const { body } = await callAt(emulator, "GET", path);
  expect(body).toMatchObject({ tombstoneTtl: "600s" });
  expect(await callAt(emulator, "PATCH", path, body)).toEqual({ status: 200, body });
  expect((await callAt(emulator, "PATCH", path, { ...body, tombstoneTtl: "601s" })).status).toBe(400);
});
