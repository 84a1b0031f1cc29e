import { expect, test } from "vitest";
import { ApiError } from "../core/errors/api-error.ts";
import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import { type RetryOptions, retryPolicy } from "./retry-policy.ts";
import { type RetryContext, realRuntime, withRetry } from "./with-retry.ts";

const details = [{ reason: "busy" }];
const busy = new ApiError("Could not push: 503.", {
  status: "UNAVAILABLE",
  httpStatus: 503,
  apiMessage: "busy",
  details,
  retryAfterMs: 2_000,
});
const taken = new ApiError("Could not push: 409.", { status: "ALREADY_EXISTS", httpStatus: 409, apiMessage: "taken" });
const reset = new NetworkError("Could not push: no answer.", { cause: new Error("socket hang up") });
const late = new TimeoutError("Could not push: too late.", 10_000);

/** A world whose clock moves only by waiting and by sending, where each send takes `sendMs` and meets the next fate. */
function world(fates: readonly (CloudTaskError | string)[], sendMs: number, options: RetryOptions = {}) {
  let time = 0;
  const waits: number[] = [];
  const limits: number[] = [];
  const told: CloudTaskError[] = [];
  const context: RetryContext = {
    policy: retryPolicy(options),
    timeoutMs: 10_000,
    renewable: false,
    onRetry: (failure) => told.push(failure),
    runtime: {
      now: () => time,
      random: () => 0.5,
      async sleep(ms) {
        waits.push(ms);
        time += ms;
      },
    },
  };
  async function send(limitMs: number): Promise<string> {
    const fate = fates[limits.length] ?? fates.at(-1) ?? "";
    limits.push(limitMs);
    time += Math.min(sendMs, limitMs);
    return typeof fate === "string" ? fate : Promise.reject(fate);
  }
  return { context, send, waits, limits, told };
}

test("a send that succeeds is the only one", async () => {
  const { send, context, waits, told } = world(["sent"], 5);
  expect(await withRetry(send, context)).toEqual({ value: "sent", attempts: 1 });
  expect(waits).toEqual([]);
  expect(told).toEqual([]);
});

test("failures that pass are waited out, and each is told before its repeat", async () => {
  const { send, context, waits, told } = world([reset, late, busy, "sent"], 5);
  expect(await withRetry(send, context)).toEqual({ value: "sent", attempts: 4 });
  expect(waits).toEqual([50, 100, 2_000]);
  expect(told).toEqual([reset, late, busy]);
});

test("a failure that stays is thrown as it came, at once", async () => {
  const { send, context, limits } = world([taken], 5);
  await expect(withRetry(send, context)).rejects.toBe(taken);
  expect(limits).toHaveLength(1);
});

test("after a repeat, the failure says how many sends there were and over how long, and keeps its class and fields", async () => {
  const { send, context } = world([reset, taken], 475);
  const failure = await withRetry(send, context).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApiError);
  expect(failure).toMatchObject({ message: "Could not push: 409. (2 attempts over 1s)", status: "ALREADY_EXISTS" });
});

test.each([
  { fate: reset, fields: { name: "NetworkError", cause: reset.cause } },
  { fate: late, fields: { name: "TimeoutError", timeoutMs: 10_000 } },
  { fate: busy, fields: { name: "ApiError", httpStatus: 503, apiMessage: "busy", details, retryAfterMs: 2_000 } },
])("$fate.name to the end is thrown within the total time", async ({ fate, fields }) => {
  const { send, context, waits } = world([fate], 10);
  const failure = await withRetry(send, context).catch((error: unknown) => error);
  expect(failure).toMatchObject(fields);
  expect(failure).toMatchObject({ message: expect.stringMatching(/\(\d+ attempts over (1\d|20)s\)$/) });
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(20_000);
});

test("the last sends get only the time that is left", async () => {
  const { send, context, limits } = world([late], 10_000);
  await expect(withRetry(send, context)).rejects.toBeInstanceOf(TimeoutError);
  expect(limits).toEqual([10_000, 9_950]);
});

test("a total time shorter than the timeout limits the first send already", async () => {
  const { send, context, limits } = world([late], 10_000, { totalTimeout: "3s" });
  await expect(withRetry(send, context)).rejects.toBe(late);
  expect(limits).toEqual([3_000]);
});

test("a total time of zero is one send with the whole timeout", async () => {
  const { send, context, limits } = world([busy], 5, { totalTimeout: 0 });
  await expect(withRetry(send, context)).rejects.toBe(busy);
  expect(limits).toEqual([10_000]);
});

test("a Retry-After beyond the total time is not waited for", async () => {
  const { send, context, waits } = world([busy], 5, { totalTimeout: "2s" });
  await expect(withRetry(send, context)).rejects.toBe(busy);
  expect(waits).toEqual([]);
});

test("a refused token is renewed once, without a wait", async () => {
  const refused = new ApiError("Could not push: 401.", { status: "UNAUTHENTICATED", httpStatus: 401, apiMessage: "" });
  const { send, context, waits, limits } = world([refused], 5);
  await expect(withRetry(send, { ...context, renewable: true })).rejects.toThrow("(2 attempts over 10ms)");
  expect(limits).toHaveLength(2);
  expect(waits).toEqual([]);
});

test("something foreign that was thrown becomes an error of the family", async () => {
  const { context } = world([], 5);
  const failure = await withRetry(() => Promise.reject("plain words"), context).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "UNKNOWN", message: "plain words", cause: "plain words" });
});

test("the real wait ends when it is over, and at once when its signal is aborted", async () => {
  const controller = new AbortController();
  const long = realRuntime.sleep(600_000, controller.signal);
  await realRuntime.sleep(1, controller.signal);
  controller.abort();
  await expect(long).resolves.toBeUndefined();
  await expect(realRuntime.sleep(600_000, controller.signal)).resolves.toBeUndefined();
  await expect(realRuntime.sleep(1, undefined)).resolves.toBeUndefined();
});
