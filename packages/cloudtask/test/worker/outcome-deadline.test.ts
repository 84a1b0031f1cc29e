import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeadlineExceededError, RetryAfterError } from "../../src/index.ts";
import { CONFIDENTIAL, hookedWorker } from "../support/hooked-worker.ts";

// The default dispatch deadline is 10 minutes. The signal aborts 5 s before it. The handler then has 2.5 s to unwind and the
// hooks have 1.5 s more.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ABORTED = { status: 504, headers: {}, body: { status: "aborted" }, message: expect.any(String) };
const FAILED = { status: 500, headers: {}, body: { status: "error" }, message: expect.any(String) };
const RETRY_LATER = { ...FAILED, headers: { "retry-after": "600" } };

const cardDeclined = new Error(`card ${CONFIDENTIAL} declined`);

const forever = (): Promise<never> => new Promise(() => undefined);

/** Rejects with the reason of the signal as soon as it aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** Expects that a hook received a DeadlineExceededError. */
function deadlineEvent(event: object = {}) {
  return { payloadRead: true, payload: undefined, error: expect.any(DeadlineExceededError), ...event };
}

test("a handler that stops at the signal: 504 at once", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", (_: undefined, { delivery }) => aborted(delivery.signal));
  const answer = deliver({ task: "charge-card" });
  await vi.advanceTimersByTimeAsync(595_000);
  expect(await answer).toEqual(ABORTED);
  expect(hookCalls).toEqual([["onError", deadlineEvent()]]);
});

test("a handler that ignores the signal: 504 before the deadline", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", forever);
  const answer = deliver({ task: "charge-card" });
  await vi.advanceTimersByTimeAsync(598_000);
  expect(await answer).toEqual(ABORTED);
  expect(hookCalls).toEqual([["onError", deadlineEvent()]]);
  const message = expect.stringContaining("the handler did not finish within its dispatch deadline of 10m");
  expect(hookCalls).toMatchObject([["onError", { error: { message } }]]);
});

test("a middleware that never returns: 504 before the deadline", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", () => "charged");
  client.use(forever);
  const answer = deliver({ task: "charge-card" });
  await vi.advanceTimersByTimeAsync(598_000);
  expect(await answer).toEqual(ABORTED);
  expect(hookCalls).toEqual([["onError", deadlineEvent()]]);
});

test("a handler that throws a RetryAfterError at the signal: 500 with Retry-After, not 504", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", (_: undefined, { delivery }) =>
    aborted(delivery.signal).catch(() => {
      throw new RetryAfterError("10m", "the bank is closed");
    }),
  );
  const answer = deliver({ task: "charge-card" });
  await vi.advanceTimersByTimeAsync(595_000);
  expect(await answer).toEqual(RETRY_LATER);
  const error = new RetryAfterError("10m", "the bank is closed");
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error }]]);
});

test("the last attempt passes its deadline: discarded, after onError and onDiscard", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", { retry: { maxAttempts: 1 }, run: forever });
  const answer = deliver({ task: "charge-card" });
  await vi.advanceTimersByTimeAsync(598_000);
  expect(await answer).toEqual({
    status: 200,
    headers: { "cloudtask-outcome": "discarded" },
    body: { status: "discarded", reason: "max-attempts" },
    message: expect.any(String),
  });
  expect(hookCalls).toEqual([
    ["onError", deadlineEvent()],
    ["onDiscard", deadlineEvent({ reason: "max-attempts" })],
  ]);
});

test("an onSuccess that never ends: 200 before the deadline", async () => {
  const { client, deliver, hookCalls, hookErrors } = hookedWorker();
  client.task("charge-card", { run: () => "charged", onSuccess: forever });
  const answer = deliver({ task: "charge-card" });
  await vi.advanceTimersByTimeAsync(599_000);
  expect(await answer).toEqual({ status: 200, headers: {}, body: { status: "success", result: "charged" } });
  expect(hookCalls).toEqual([["onSuccess", { payload: undefined, result: "charged" }]]);
  expect(hookErrors).toHaveLength(2);
});

test("an onError that never ends, after an ordinary error: 500, not 504", async () => {
  const { client, deliver, hookCalls, hookErrors } = hookedWorker();
  client.task("charge-card", { run: () => Promise.reject(cardDeclined), onError: forever });
  const answer = deliver({ task: "charge-card" });
  await vi.advanceTimersByTimeAsync(599_000);
  expect(await answer).toEqual(FAILED);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error: cardDeclined }]]);
  expect(hookErrors).toHaveLength(2);
});

test("an onError that never ends, after a RetryAfterError: 500 with Retry-After", async () => {
  const { client, deliver, hookCalls, hookErrors } = hookedWorker();
  const bankClosed = new RetryAfterError("10m", "the bank is closed");
  client.task("charge-card", { run: () => Promise.reject(bankClosed), onError: forever });
  const answer = deliver({ task: "charge-card" });
  await vi.advanceTimersByTimeAsync(599_000);
  expect(await answer).toEqual(RETRY_LATER);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error: bankClosed }]]);
  expect(hookErrors).toHaveLength(2);
});

test("the caller disconnects: 504", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const caller = new AbortController();
  client.task("charge-card", (_: undefined, { delivery }) => aborted(delivery.signal));
  const answer = deliver({ task: "charge-card" }, { signal: caller.signal });
  await vi.advanceTimersByTimeAsync(0);
  caller.abort(new Error("the caller disconnected"));
  expect(await answer).toEqual(ABORTED);
  const error = new Error("the caller disconnected");
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error }]]);
});

test("the worker closes, and the handler outlives its grace period: 504", async () => {
  const { client, deliver, hookCalls, worker } = hookedWorker();
  client.task("charge-card", (_: undefined, { delivery }) => aborted(delivery.signal));
  const answer = deliver({ task: "charge-card" });
  await vi.advanceTimersByTimeAsync(0);
  const closed = worker.close({ grace: "1s" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await answer).toEqual(ABORTED);
  const error = new Error("the worker is closing");
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error }]]);
  await closed;
});
