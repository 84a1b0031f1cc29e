import { expect, test } from "vitest";
import { ApiError } from "../core/errors/api-error.ts";
import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import { type ApiRetryOptions, retryPolicy } from "./retry-policy.ts";
import { type Attempt, type RetryContext, realRuntime, withRetry } from "./with-retry.ts";

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

/** A scene with a simulated clock. Each send takes `sendMs` and ends with the next result. */
function scene(results: readonly (CloudTaskError | string)[], sendMs: number, options: ApiRetryOptions = {}) {
  let time = 0;
  const waits: number[] = [];
  const limits: number[] = [];
  const notified: CloudTaskError[] = [];
  const context: RetryContext = {
    policy: retryPolicy(options),
    timeoutMs: 10_000,
    renewable: false,
    onRetry: (failure) => notified.push(failure),
    runtime: {
      now: () => time,
      random: () => 0.5,
      async sleep(ms) {
        waits.push(ms);
        time += ms;
      },
    },
  };
  async function send({ time: call, timeoutMs }: Attempt): Promise<string> {
    const limitMs = call.requestLimitMs(timeoutMs);
    const result = results[limits.length] ?? results.at(-1) ?? "";
    limits.push(limitMs);
    time += Math.min(sendMs, limitMs);
    return typeof result === "string" ? result : Promise.reject(result);
  }
  return { context, send, waits, limits, notified };
}

test("a successful send is not repeated", async () => {
  const { send, context, waits, notified } = scene(["sent"], 5);
  expect(await withRetry(send, context)).toEqual({ value: "sent", attempts: 1 });
  expect(waits).toEqual([]);
  expect(notified).toEqual([]);
});

test("transient failures are retried, and onRetry is called before each retry", async () => {
  const { send, context, waits, notified } = scene([reset, late, busy, "sent"], 5);
  expect(await withRetry(send, context)).toEqual({ value: "sent", attempts: 4 });
  expect(waits).toEqual([50, 100, 2_000]);
  expect(notified).toEqual([reset, late, busy]);
});

test("a permanent failure is thrown unchanged, without a retry", async () => {
  const { send, context, limits } = scene([taken], 5);
  await expect(withRetry(send, context)).rejects.toBe(taken);
  expect(limits).toHaveLength(1);
});

test("after a retry, the failure states the attempts and the duration, and keeps its class and fields", async () => {
  const { send, context } = scene([reset, taken], 475);
  const failure = await withRetry(send, context).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApiError);
  expect(failure).toMatchObject({ message: "Could not push: 409. (2 attempts over 1s)", status: "ALREADY_EXISTS" });
});

test.each([
  { result: reset, fields: { name: "NetworkError", cause: reset.cause } },
  { result: late, fields: { name: "TimeoutError", timeoutMs: 10_000 } },
  { result: busy, fields: { name: "ApiError", httpStatus: 503, apiMessage: "busy", details, retryAfterMs: 2_000 } },
])("a repeated $result.name is thrown within the total timeout", async ({ result, fields }) => {
  const { send, context, waits } = scene([result], 10);
  const failure = await withRetry(send, context).catch((error: unknown) => error);
  expect(failure).toMatchObject(fields);
  expect(failure).toMatchObject({ message: expect.stringMatching(/\(\d+ attempts over (1\d|20)s\)$/) });
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(20_000);
});

test("the last requests get only the remaining time", async () => {
  const { send, context, limits } = scene([late], 10_000);
  await expect(withRetry(send, context)).rejects.toBeInstanceOf(TimeoutError);
  expect(limits).toEqual([10_000, 9_950]);
});

test("a total timeout shorter than the request timeout limits the first request", async () => {
  const { send, context, limits } = scene([late], 10_000, { totalTimeout: "3s" });
  await expect(withRetry(send, context)).rejects.toBe(late);
  expect(limits).toEqual([3_000]);
});

test("a total timeout of 0 sends once, with the full request timeout", async () => {
  const { send, context, limits } = scene([busy], 5, { totalTimeout: 0 });
  await expect(withRetry(send, context)).rejects.toBe(busy);
  expect(limits).toEqual([10_000]);
});

test("a Retry-After beyond the total timeout ends the retries", async () => {
  const { send, context, waits } = scene([busy], 5, { totalTimeout: "2s" });
  await expect(withRetry(send, context)).rejects.toBe(busy);
  expect(waits).toEqual([]);
});

test("a rejected token is renewed once, without a wait", async () => {
  const refused = new ApiError("Could not push: 401.", { status: "UNAUTHENTICATED", httpStatus: 401, apiMessage: "" });
  const { send, context, waits, limits } = scene([refused], 5);
  await expect(withRetry(send, { ...context, renewable: true })).rejects.toThrow("(2 attempts over 10ms)");
  expect(limits).toHaveLength(2);
  expect(waits).toEqual([]);
});

test("a server that stops during a long request is bridged: refused connections count from the first of them", async () => {
  const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  const refused = new NetworkError("Could not push: no answer.", { cause });
  const { send, context, waits } = scene([reset, refused, refused, refused, "sent"], 2_500);
  const policy = retryPolicy({}, true);
  let time = 0;
  const runtime = { ...context.runtime, now: () => time };
  const sendQuickly = async (attempt: Attempt): Promise<string> => {
    // The first request is in progress for 2.5 s. The others are refused at once.
    time += waits.length === 0 ? 2_500 : 5;
    return send(attempt);
  };
  expect(await withRetry(sendQuickly, { ...context, policy, runtime })).toEqual({ value: "sent", attempts: 5 });
});

test("any thrown value becomes a CloudTaskError", async () => {
  const { context } = scene([], 5);
  const failure = await withRetry(() => Promise.reject("some text"), context).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "UNKNOWN", message: "some text", cause: "some text" });
});

test("the real sleep ends after its delay, or at the abort of its signal", async () => {
  const controller = new AbortController();
  const long = realRuntime.sleep(600_000, controller.signal);
  await realRuntime.sleep(1, controller.signal);
  controller.abort();
  await expect(long).resolves.toBeUndefined();
  await expect(realRuntime.sleep(600_000, controller.signal)).resolves.toBeUndefined();
  await expect(realRuntime.sleep(1, undefined)).resolves.toBeUndefined();
});
