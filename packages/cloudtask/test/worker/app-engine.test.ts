import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator } from "@cloudtask/emulator";
import { expect, onTestFinished, test } from "vitest";
import { cloudTaskListener } from "../../src/adapters/node.ts";
import { CloudTaskClient, createWorker, type Delivery } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

/** The headers that App Engine sends on a third attempt, in place of those of an HTTP task. */
const APP_ENGINE = {
  "User-Agent": "AppEngine-Google; (+http://code.google.com/appengine)",
  "X-CloudTasks-QueueName": null,
  "X-CloudTasks-TaskName": null,
  "X-CloudTasks-TaskRetryCount": null,
  "X-CloudTasks-TaskExecutionCount": null,
  "X-CloudTasks-TaskETA": null,
  "X-AppEngine-QueueName": "mail",
  "X-AppEngine-TaskName": "8153024692437153024",
  "X-AppEngine-TaskRetryCount": "2",
  "X-AppEngine-TaskExecutionCount": "1",
  "X-AppEngine-TaskETA": "1767225600.5",
  "X-AppEngine-TaskPreviousResponse": "0",
  "X-AppEngine-TaskRetryReason": "Instance Unavailable",
} as const;

/** Delivers a request with these headers and returns the delivery that the handler receives. */
async function delivered(headers: Readonly<Record<string, string | null>>, maxAttempts?: number): Promise<Delivery> {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const seen: Delivery[] = [];
  client.task("look", { retry: { maxAttempts }, run: (_: undefined, { delivery }) => void seen.push(delivery) });
  await createWorker(client, { allowUnauthenticated: true }).fetch(deliveryOf({ task: "look" }, headers));
  return seen[0] ?? expect.unreachable();
}

test("a delivery of App Engine is read from the headers of App Engine", async () => {
  expect(await delivered(APP_ENGINE)).toMatchObject({
    id: "8153024692437153024",
    queue: "mail",
    attempt: 3,
    retryCount: 2,
    executionCount: 1,
    scheduledAt: new Date("2026-01-01T00:00:00.500Z"),
    previousResponse: undefined,
    retryReason: "Instance Unavailable",
  });
});

const http = { "X-CloudTasks-TaskName": "1", "X-CloudTasks-QueueName": "http" };

test.each([
  {
    title: "a request with both kinds of headers is an HTTP task",
    headers: { ...APP_ENGINE, ...http, "X-CloudTasks-TaskRetryCount": "9", "X-CloudTasks-TaskExecutionCount": "8" },
    seen: { id: "1", queue: "http", retryCount: 9, executionCount: 8, isLastAttempt: false },
  },
  {
    title: "an HTTP task without counts does not use those of App Engine",
    headers: { ...APP_ENGINE, ...http },
    seen: { id: "1", queue: "http", retryCount: 0, executionCount: 0, retryReason: undefined, isLastAttempt: false },
  },
  {
    title: "an App Engine task does not use the counts of an HTTP task",
    headers: { ...APP_ENGINE, "X-CloudTasks-TaskRetryCount": "9", "X-CloudTasks-TaskExecutionCount": "9" },
    seen: { id: "8153024692437153024", queue: "mail", retryCount: 2, executionCount: 1, isLastAttempt: true },
  },
])("$title", async ({ headers, seen }) => {
  expect(await delivered(headers, 3)).toMatchObject(seen);
});

test.each([
  { on: "HTTP", max: undefined, retries: 9, executions: 0, last: undefined },
  { on: "HTTP", max: 3, retries: 0, executions: 0, last: false },
  { on: "HTTP", max: 3, retries: 2, executions: 0, last: true },
  { on: "HTTP", max: 3, retries: 9, executions: 8, last: false },
  { on: "HTTP", max: 3, retries: 9, executions: 7, last: true },
  { on: "HTTP", max: 1, retries: 0, executions: 0, last: true },
  { on: "App Engine", max: undefined, retries: 9, executions: 9, last: undefined },
  { on: "App Engine", max: 3, retries: 1, executions: 1, last: false },
  { on: "App Engine", max: 3, retries: 2, executions: 2, last: true },
  { on: "App Engine", max: 3, retries: 2, executions: 0, last: true },
])("$on: of $max attempts, after $retries retries and $executions executions, isLastAttempt is $last", async (row) => {
  const prefix = row.on === "HTTP" ? "X-CloudTasks" : "X-AppEngine";
  const base = row.on === "HTTP" ? {} : APP_ENGINE;
  const counts = {
    [`${prefix}-TaskRetryCount`]: String(row.retries),
    [`${prefix}-TaskExecutionCount`]: String(row.executions),
  };
  expect((await delivered({ ...base, ...counts }, row.max)).isLastAttempt).toBe(row.last);
});

test.each([
  { target: "App Engine without a deadline", base: APP_ENGINE, deadline: null, minutes: 10 },
  { target: "App Engine with half a day", base: APP_ENGINE, deadline: "43200s", minutes: 720 },
  { target: "App Engine with more than its maximum", base: APP_ENGINE, deadline: "100000000s", minutes: 1440.25 },
  { target: "HTTP without a deadline", base: {}, deadline: null, minutes: 10 },
  { target: "HTTP with more than its maximum", base: {}, deadline: "43200s", minutes: 30 },
  { target: "HTTP with 0 s", base: {}, deadline: "0s", minutes: 10 },
])(
  "$target: the deadline is in $minutes minutes, and the signal has not aborted",
  async ({ base, deadline, minutes }) => {
    const before = Date.now();
    const delivery = await delivered({ ...base, "CloudTask-Deadline": deadline });
    const aheadMs = delivery.deadline.getTime() - before;
    expect(Math.round(aheadMs / 1000) / 60).toBeCloseTo(minutes, 1);
    expect(delivery.signal.aborted).toBe(false);
  },
);

test("a task that App Engine delivers is retried, and discarded after its last attempt", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const appEngine = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const emulator = await createEmulator({
    queues: { default: { retry: { maxAttempts: 10, minBackoff: "1s" } } },
    appEngine,
  });
  onTestFinished(() => emulator.close());
  const seen: unknown[] = [];
  const client = new CloudTaskClient({ url: "https://unused.test/", secret: "s3cret-key" });
  client.task("look", {
    retry: { maxAttempts: 3 },
    onDiscard: ({ reason, payload }) => seen.push([reason, payload]),
    run: (_: { id: number }, { delivery: { attempt, isLastAttempt, executionCount, retryReason } }) => {
      seen.push([attempt, isLastAttempt, executionCount, retryReason]);
      throw new Error("no");
    },
  });
  server.on("request", cloudTaskListener(client));
  const appEngineHttpRequest = {
    relativeUri: "/tasks/run",
    headers: { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret-key" },
    body: btoa('{"task":"look","payload":{"id":7}}'),
  };
  const body = JSON.stringify({ task: { appEngineHttpRequest } });
  await fetch(`${emulator.url}/v2/${emulator.queues[0]}/tasks`, { method: "POST", body });
  await emulator.advance("1m");
  expect(seen).toEqual([
    [1, false, 0, undefined],
    [2, false, 1, "App Error"],
    [3, true, 2, "App Error"],
    ["max-attempts", { id: 7 }],
  ]);
  expect(emulator.attempts().map(({ response }) => response?.status)).toEqual([200, 500, 500]);
});
