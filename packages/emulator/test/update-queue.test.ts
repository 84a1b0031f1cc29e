import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, queuePath } from "./support/api.ts";

const start = {
  name: "q",
  rate: 10,
  concurrency: 20,
  maxAttempts: 7,
  minBackoff: "2s",
  maxBackoff: "20s",
  maxDoublings: 4,
} as const;

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

test.each(masks)("the mask %s touches those fields and no other", async (mask, changed) => {
  await using emulator = await createEmulator({ queues: [start] });
  const name = queuePath(emulator, "q");
  const updated = await call(emulator, "PATCH", `${name}?updateMask=${mask}`, { ...wanted, state: "PAUSED" });
  expect(updated.body).toEqual({ name, state: "RUNNING", ...unchanged, ...changed });
  expect(await call(emulator, "GET", name)).toEqual(updated);
});

test("without a mask all fields are updated: what is not said becomes the default", async () => {
  await using emulator = await createEmulator({ queues: [start] });
  const { body } = await call(emulator, "PATCH", queuePath(emulator, "q"), wanted);
  expect(body).toMatchObject({
    rateLimits: { maxDispatchesPerSecond: 100, maxBurstSize: 20, maxConcurrentDispatches: 200 },
    retryConfig: { maxAttempts: 70, minBackoff: "3s", maxBackoff: "3600s", maxDoublings: 16 },
  });
});

test("a queue that does not exist is created", async () => {
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
  await using emulator = await createEmulator({ queues: [start] });
  const name = queuePath(emulator, "q");
  await call(emulator, "POST", `${name}:pause`);
  expect((await call(emulator, "PATCH", name, { ...wanted, state: "RUNNING" })).body.state).toBe("PAUSED");
});

test("a mask that names no field is refused", async () => {
  await using emulator = await createEmulator({ queues: [start] });
  const { body } = await call(emulator, "PATCH", `${queuePath(emulator, "q")}?updateMask=rateLimits.nonsense`, wanted);
  expect(body.error).toMatchObject({ code: 400, status: "INVALID_ARGUMENT" });
});
