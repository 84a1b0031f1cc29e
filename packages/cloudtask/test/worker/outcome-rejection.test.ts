import { expect, test, vi } from "vitest";
import { hookedWorker } from "../support/hooked-worker.ts";

test("an unknown task: 404, so Cloud Tasks retries it", async () => {
  const { deliver, hookCalls } = hookedWorker();
  expect(await deliver({ task: "charge-card" })).toEqual({
    status: 404,
    headers: {},
    body: {
      status: "unknown-task",
      message: expect.stringContaining('no task definition is named "charge-card"'),
    },
  });
  expect(hookCalls).toEqual([]);
});

test('an unknown task with unknownTask: "discard": discarded, and no hook runs', async () => {
  const { deliver, hookCalls } = hookedWorker({ unknownTask: "discard" });
  expect(await deliver({ task: "charge-card" })).toEqual({
    status: 200,
    headers: { "cloudtask-outcome": "discarded" },
    body: {
      status: "discarded",
      reason: "unknown-task",
      message: expect.stringContaining('no task definition is named "charge-card"'),
    },
  });
  expect(hookCalls).toEqual([]);
});

test("a request without the secret: 401", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const run = vi.fn();
  client.task("charge-card", run);
  expect(await deliver({ task: "charge-card" }, { headers: { "X-CloudTask-Secret": null } })).toEqual({
    status: 401,
    headers: {},
    body: { status: "unauthenticated", message: expect.stringContaining("is missing") },
  });
  expect(hookCalls).toEqual([]);
  expect(run).not.toHaveBeenCalled();
});

test("a request with a wrong secret: 403", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const run = vi.fn();
  client.task("charge-card", run);
  expect(await deliver({ task: "charge-card" }, { headers: { "X-CloudTask-Secret": "wrong" } })).toEqual({
    status: 403,
    headers: {},
    body: { status: "forbidden", message: expect.stringContaining("X-CloudTask-Secret") },
  });
  expect(hookCalls).toEqual([]);
  expect(run).not.toHaveBeenCalled();
});

test("a body that is not JSON: 400", async () => {
  const { deliver, hookCalls } = hookedWorker();
  expect(await deliver("{")).toEqual({
    status: 400,
    headers: {},
    body: { status: "malformed", message: expect.stringContaining("not JSON") },
  });
  expect(hookCalls).toEqual([]);
});

test("a body beyond maxBodyBytes: 413", async () => {
  const { deliver, hookCalls } = hookedWorker({ maxBodyBytes: 8 });
  expect(await deliver("123456789")).toEqual({
    status: 413,
    headers: {},
    body: { status: "too-large", message: expect.stringContaining("8 bytes") },
  });
  expect(hookCalls).toEqual([]);
});

test("a delivery beyond maxConcurrency: 429 with Retry-After", async () => {
  const { client, deliver, hookCalls } = hookedWorker({ maxConcurrency: 1 });
  let finish: () => void = () => undefined;
  const started = new Promise<void>((begin) => {
    client.task("slow", () => {
      begin();
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
  });
  const run = vi.fn();
  client.task("charge-card", run);
  const running = deliver({ task: "slow" });
  await started;
  expect(await deliver({ task: "charge-card" })).toEqual({
    status: 429,
    headers: { "retry-after": "5" },
    body: { status: "full", message: expect.stringContaining("maxConcurrency") },
  });
  expect(hookCalls).toEqual([]);
  expect(run).not.toHaveBeenCalled();
  finish();
  expect(await running).toMatchObject({ status: 200 });
});

test("a delivery to a worker that is closing: 503 with Retry-After", async () => {
  const { client, deliver, hookCalls, worker } = hookedWorker();
  const run = vi.fn();
  client.task("charge-card", run);
  await worker.close();
  expect(await deliver({ task: "charge-card" })).toEqual({
    status: 503,
    headers: { "retry-after": "5" },
    body: { status: "draining", message: expect.stringContaining("closing") },
  });
  expect(hookCalls).toEqual([]);
  expect(run).not.toHaveBeenCalled();
});
