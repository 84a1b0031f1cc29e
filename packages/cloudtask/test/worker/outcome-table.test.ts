import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { CloudTaskError, NonRetriableError, PayloadInvalidError, RetryAfterError } from "../../src/index.ts";
import { CONFIDENTIAL, hookedWorker } from "../support/hooked-worker.ts";

// `Retry-After` counts from the present.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const FAILED = { status: 500, headers: {}, body: { status: "error" }, message: expect.any(String) };
const DISCARD_FAILED = { status: 507, headers: {}, body: { status: "error" }, message: expect.any(String) };
const DISCARDED_HEADERS = { "cloudtask-outcome": "discarded" };

/** An error with a cause. Both messages contain confidential text. */
const cardDeclined = new Error(`card ${CONFIDENTIAL} declined`, { cause: new TypeError(`socket ${CONFIDENTIAL}`) });
const cardStolen = new NonRetriableError(`card ${CONFIDENTIAL} stolen`, { cause: cardDeclined });

const input = z.object({ id: z.number().transform(String) });

/** The headers of an attempt that follows failed ones. */
function afterAttempts(failed: number, previousStatus: number): Record<string, string> {
  return {
    "X-CloudTasks-TaskRetryCount": String(failed),
    "X-CloudTasks-TaskPreviousResponse": String(previousStatus),
  };
}

test("a handler that returns: 200 with the result, and onSuccess receives payload and result", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", { input, run: ({ id }) => `charged ${id}` });
  expect(await deliver({ task: "charge-card", payload: { id: 7 } })).toEqual({
    status: 200,
    headers: {},
    body: { status: "success", result: "charged 7" },
  });
  expect(hookCalls).toEqual([["onSuccess", { payload: { id: "7" }, result: "charged 7" }]]);
});

test("the hook of a definition runs before the client's, with the same event", async () => {
  const { client, deliver, hookCalls, hookErrors } = hookedWorker();
  const onSuccess = vi.fn(() => expect(hookCalls).toEqual([]));
  client.task("charge-card", { input, run: ({ id }) => id, onSuccess });
  await deliver({ task: "charge-card", payload: { id: 7 } });
  expect(hookErrors).toEqual([]);
  expect(onSuccess.mock.calls).toMatchObject([[{ payload: { id: "7" }, result: "7" }]]);
  expect(hookCalls).toEqual([["onSuccess", { payload: { id: "7" }, result: "7" }]]);
});

test("a handler that returns nothing: 200 without a result", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", async () => undefined);
  expect(await deliver({ task: "charge-card" })).toEqual({ status: 200, headers: {}, body: { status: "success" } });
  expect(hookCalls).toEqual([["onSuccess", { payload: undefined, result: undefined }]]);
});

test("a result that is not JSON: 200 without it, and onSuccess receives it", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", () => ({ amount: 5n }));
  expect(await deliver({ task: "charge-card" })).toEqual({ status: 200, headers: {}, body: { status: "success" } });
  expect(hookCalls).toEqual([["onSuccess", { payload: undefined, result: { amount: 5n } }]]);
});

test("an onSuccess that throws does not change the answer", async () => {
  const { client, deliver, hookErrors } = hookedWorker();
  const onSuccess = () => Promise.reject(cardDeclined);
  client.task("charge-card", { run: () => "charged", onSuccess });
  expect(await deliver({ task: "charge-card" })).toMatchObject({ status: 200, body: { result: "charged" } });
  expect(hookErrors).toEqual([cardDeclined]);
});

test("a handler that throws: 500, and onError receives the error", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", { input, run: () => Promise.reject(cardDeclined) });
  expect(await deliver({ task: "charge-card", payload: { id: 7 } })).toEqual(FAILED);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: { id: "7" }, error: cardDeclined }]]);
});

test("a handler that throws undefined: 500", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", () => Promise.reject());
  expect(await deliver({ task: "charge-card" })).toEqual(FAILED);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error: undefined }]]);
});

test("an onError that throws does not change the answer, and the client's onError runs too", async () => {
  const { client, deliver, hookCalls, hookErrors } = hookedWorker();
  const databaseDown = new Error("database is down");
  const onError = () => Promise.reject(databaseDown);
  client.task("charge-card", { run: () => Promise.reject(cardDeclined), onError });
  expect(await deliver({ task: "charge-card" })).toEqual(FAILED);
  expect(hookErrors).toEqual([databaseDown]);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error: cardDeclined }]]);
});

test("a handler that throws a RetryAfterError: 500 with Retry-After", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const bankClosed = new RetryAfterError("10m", `bank ${CONFIDENTIAL} is closed`, { cause: cardDeclined });
  client.task("charge-card", () => Promise.reject(bankClosed));
  expect(await deliver({ task: "charge-card" })).toEqual({ ...FAILED, headers: { "retry-after": "600" } });
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error: bankClosed }]]);
});

test("a handler that throws a NonRetriableError: discarded, and only onDiscard runs", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", { input, run: () => Promise.reject(cardStolen) });
  expect(await deliver({ task: "charge-card", payload: { id: 7 } })).toEqual({
    status: 200,
    headers: DISCARDED_HEADERS,
    body: { status: "discarded", reason: "non-retriable" },
    message: expect.any(String),
  });
  expect(hookCalls).toEqual([
    [
      "onDiscard",
      { payloadRead: true, payload: { id: "7" }, rawPayload: { id: 7 }, error: cardStolen, reason: "non-retriable" },
    ],
  ]);
});

test("an onDiscard that throws: 507, so Cloud Tasks tries again, and the client's onDiscard runs too", async () => {
  const { client, deliver, hookCalls, hookErrors } = hookedWorker();
  const databaseDown = new Error("database is down");
  const onDiscard = () => Promise.reject(databaseDown);
  client.task("charge-card", { run: () => Promise.reject(cardStolen), onDiscard });
  expect(await deliver({ task: "charge-card" })).toEqual(DISCARD_FAILED);
  expect(hookErrors).toEqual([databaseDown]);
  expect(hookCalls).toEqual([
    ["onDiscard", { payloadRead: true, payload: undefined, error: cardStolen, reason: "non-retriable" }],
  ]);
});

test("the first of two attempts that fails: 500", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", { retry: { maxAttempts: 2 }, run: () => Promise.reject(cardDeclined) });
  expect(await deliver({ task: "charge-card" })).toEqual(FAILED);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error: cardDeclined }]]);
});

test.each([
  ["the last attempt", afterAttempts(1, 500)],
  ["an attempt beyond the last one, after Cloud Tasks itself answered 504,", afterAttempts(2, 504)],
])("%s that fails: discarded, after onError and onDiscard", async (_, headers) => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", { input, retry: { maxAttempts: 2 }, run: () => Promise.reject(cardDeclined) });
  expect(await deliver({ task: "charge-card", payload: { id: 7 } }, { headers })).toEqual({
    status: 200,
    headers: DISCARDED_HEADERS,
    body: { status: "discarded", reason: "max-attempts" },
    message: expect.any(String),
  });
  const event = { payloadRead: true, payload: { id: "7" }, error: cardDeclined };
  expect(hookCalls).toEqual([
    ["onError", event],
    ["onDiscard", { ...event, rawPayload: { id: 7 }, reason: "max-attempts" }],
  ]);
});

test("a RetryAfterError in the last attempt: discarded", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const bankClosed = new RetryAfterError("10m", `bank ${CONFIDENTIAL} is closed`);
  client.task("charge-card", { retry: { maxAttempts: 2 }, run: () => Promise.reject(bankClosed) });
  expect(await deliver({ task: "charge-card" }, { headers: afterAttempts(1, 500) })).toEqual({
    status: 200,
    headers: DISCARDED_HEADERS,
    body: { status: "discarded", reason: "max-attempts" },
    message: expect.any(String),
  });
  expect(hookCalls.map(([hook]) => hook)).toEqual(["onError", "onDiscard"]);
});

test("the attempt after an onDiscard that failed: only onDiscard runs, and the task is discarded", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const run = vi.fn();
  client.task("charge-card", { input, retry: { maxAttempts: 2 }, run });
  const headers = afterAttempts(2, 507);
  expect(await deliver({ task: "charge-card", payload: { id: 7 } }, { headers })).toMatchObject({
    status: 200,
    body: { status: "discarded", reason: "max-attempts" },
    message: expect.any(String),
  });
  const error = new Error('"charge-card" has reached its retry limits (maxAttempts: 2)');
  expect(hookCalls).toEqual([
    ["onDiscard", { payloadRead: true, payload: { id: "7" }, rawPayload: { id: 7 }, error, reason: "max-attempts" }],
  ]);
  expect(run).not.toHaveBeenCalled();
});

test("the attempt after an onDiscard that failed, if it fails again: 507", async () => {
  const { client, deliver, hookCalls, hookErrors } = hookedWorker();
  const databaseDown = new Error("database is down");
  const run = vi.fn();
  client.task("charge-card", { retry: { maxAttempts: 1 }, run, onDiscard: () => Promise.reject(databaseDown) });
  expect(await deliver({ task: "charge-card" }, { headers: afterAttempts(1, 507) })).toEqual(DISCARD_FAILED);
  expect(hookErrors).toEqual([databaseDown]);
  expect(hookCalls).toMatchObject([["onDiscard", { reason: "max-attempts" }]]);
  expect(run).not.toHaveBeenCalled();
});

test("a payload that the schema rejects: discarded, and onDiscard receives it unread", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const onDiscard = vi.fn();
  const run = vi.fn();
  client.task("charge-card", { input, run, onDiscard });
  expect(await deliver({ task: "charge-card", payload: { id: "7" } })).toEqual({
    status: 200,
    headers: DISCARDED_HEADERS,
    body: { status: "discarded", reason: "invalid-payload" },
    message: expect.any(String),
  });
  const error = expect.any(PayloadInvalidError);
  const event = { payloadRead: false, payload: { id: "7" }, error, reason: "invalid-payload" };
  expect(onDiscard.mock.calls).toMatchObject([[event]]);
  expect(hookCalls).toEqual([["onDiscard", { ...event, rawPayload: { id: "7" } }]]);
  expect(run).not.toHaveBeenCalled();
});

test("a payload of a serializer that this client lacks: 500, since a newer revision may have it", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("charge-card", { input, run: () => undefined });
  expect(await deliver({ task: "charge-card", serialized: "7" })).toEqual(FAILED);
  const error = expect.any(CloudTaskError);
  expect(hookCalls).toEqual([["onError", { payloadRead: false, payload: "7", error }]]);
});

test("a handler that pushes an invalid payload to another task: 500, and the delivery is not discarded", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const sendReceipt = client.task("send-receipt", { input, run: () => undefined });
  client.task("charge-card", () => sendReceipt({ id: "x" as never }).execute());
  expect(await deliver({ task: "charge-card" })).toEqual(FAILED);
  const error = expect.objectContaining({ code: "PAYLOAD_INVALID", message: expect.stringContaining("send-receipt") });
  expect(hookCalls.at(-1)).toEqual(["onError", { payloadRead: true, payload: undefined, error }]);
});
