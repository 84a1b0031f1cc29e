import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { NonRetriableError, RetryAfterError } from "../../src/index.ts";
import { CONFIDENTIAL, hookedWorker } from "../support/hooked-worker.ts";

// `Retry-After` counts from the present.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const FAILED = { status: 500, headers: {}, body: { status: "error" }, message: expect.any(String) };

const mailboxFull = new Error(`mailbox ${CONFIDENTIAL} is full`, { cause: new TypeError(`socket ${CONFIDENTIAL}`) });

function succeeded(result?: unknown) {
  return { status: 200, headers: {}, body: { status: "success", result } };
}

test("a middleware that changes the result: 200 with the new result", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("send-email", () => "sent");
  client.use(async (_, next) => [await next()]);
  expect(await deliver({ task: "send-email" })).toEqual(succeeded(["sent"]));
  expect(hookCalls).toEqual([["onSuccess", { payload: undefined, result: ["sent"] }]]);
});

test("a middleware that skips the handler: 200 with its result, and no hook runs", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("send-email", () => Promise.reject(mailboxFull));
  client.use(() => "skipped");
  expect(await deliver({ task: "send-email" })).toEqual(succeeded("skipped"));
  expect(hookCalls).toEqual([]);
});

test("a middleware that catches the handler's error: 200 with its result", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("send-email", () => Promise.reject(mailboxFull));
  client.use((_, next) => next().catch(() => "postponed"));
  expect(await deliver({ task: "send-email" })).toEqual(succeeded("postponed"));
  expect(hookCalls).toEqual([["onSuccess", { payload: undefined, result: "postponed" }]]);
});

test("a middleware that does not await a handler that fails: 500", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("send-email", () => Promise.reject(mailboxFull));
  client.use((_, next) => void next());
  expect(await deliver({ task: "send-email" })).toEqual(FAILED);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error: mailboxFull }]]);
});

test("a middleware that does not await a handler that returns: 200 without a result", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("send-email", () => "sent");
  client.use((_, next) => void next());
  expect(await deliver({ task: "send-email" })).toEqual(succeeded());
  expect(hookCalls).toEqual([["onSuccess", { payload: undefined, result: undefined }]]);
});

test("a middleware that throws before next(): 500, and onError receives the parsed payload", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const run = vi.fn();
  client.task("send-email", run);
  client.use(() => Promise.reject(mailboxFull));
  expect(await deliver({ task: "send-email", payload: { id: 7 } })).toEqual(FAILED);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: { id: 7 }, error: mailboxFull }]]);
  expect(run).not.toHaveBeenCalled();
});

test("a middleware that throws before a payload that the schema rejects: 500, and onError gets it unread", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("send-email", { input: z.object({ id: z.number() }), run: () => "sent" });
  client.use(() => Promise.reject(mailboxFull));
  expect(await deliver({ task: "send-email", payload: "x" })).toEqual(FAILED);
  expect(hookCalls).toEqual([["onError", { payloadRead: false, payload: "x", error: mailboxFull }]]);
});

test("a middleware that throws after next(): 500", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("send-email", () => "sent");
  client.use(async (_, next) => {
    await next();
    throw mailboxFull;
  });
  expect(await deliver({ task: "send-email" })).toEqual(FAILED);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error: mailboxFull }]]);
});

test("a middleware that throws a NonRetriableError: discarded", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const error = new NonRetriableError("the tenant was deleted");
  client.task("send-email", () => "sent");
  client.use(() => Promise.reject(error));
  expect(await deliver({ task: "send-email" })).toEqual({
    status: 200,
    headers: { "cloudtask-outcome": "discarded" },
    body: { status: "discarded", reason: "non-retriable" },
    message: expect.any(String),
  });
  expect(hookCalls).toEqual([["onDiscard", { payloadRead: true, payload: undefined, error, reason: "non-retriable" }]]);
});

test("a middleware that throws a RetryAfterError: 500 with Retry-After", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const error = new RetryAfterError("10m", "maintenance");
  client.task("send-email", () => "sent");
  client.use(() => Promise.reject(error));
  expect(await deliver({ task: "send-email" })).toEqual({ ...FAILED, headers: { "retry-after": "600" } });
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error }]]);
});

test("a middleware that calls next() twice: 500 with a TypeError that names the task", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  client.task("send-email", () => "sent");
  client.use(async (_, next) => [await next(), await next()]);
  expect(await deliver({ task: "send-email" })).toEqual(FAILED);
  const message = expect.stringMatching(/^a middleware of client\.use\(\) called next\(\) twice.*"send-email"/);
  expect(hookCalls).toMatchObject([["onError", { error: { name: "TypeError", message } }]]);
});
