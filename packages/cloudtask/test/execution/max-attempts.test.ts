import { expect, test } from "vitest";
import { CloudTaskClient, createWorker, NonRetriableError } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

const HTTP = "X-CloudTasks-";
const APP_ENGINE = "X-AppEngine-";

test.each([
  { history: "no attempt", retries: 0, executions: 0, previous: null, ran: true, status: 500 },
  { history: "one failed run", retries: 1, executions: 0, previous: "500", ran: true, status: 500 },
  { history: "two failed runs", retries: 2, executions: 0, previous: "500", ran: true, status: 200 },
  { history: "three 500 answers of a proxy", retries: 3, executions: 0, previous: "500", ran: true, status: 200 },
  {
    history: "three timeouts",
    retries: 3,
    executions: 0,
    previous: "504",
    ran: true,
    status: 200,
  },
  { history: "a failed onDiscard", retries: 3, executions: 0, previous: "507", ran: false, status: 200 },
  {
    history: "a failed onDiscard before the last attempt",
    retries: 1,
    executions: 0,
    previous: "507",
    ran: false,
    status: 200,
  },
  {
    history: "a failed onDiscard and a rejection after it",
    retries: 4,
    executions: 1,
    previous: "429",
    ran: true,
    status: 200,
  },
  {
    history: "seven rejections for a wrong secret",
    retries: 7,
    executions: 7,
    previous: "403",
    ran: true,
    status: 500,
  },
  { history: "seven rejections by a full worker", retries: 7, executions: 7, previous: "429", ran: true, status: 500 },
  {
    history: "two failed runs and five rejections",
    retries: 7,
    executions: 5,
    previous: "429",
    ran: true,
    status: 200,
  },
  { history: "seven attempts without an answer", retries: 7, executions: 0, previous: null, ran: true, status: 200 },
  {
    history: "seven 503 answers of a platform without an instance",
    retries: 7,
    executions: 0,
    previous: "503",
    ran: true,
    status: 200,
  },
  { history: "17 attempts without an answer", retries: 17, executions: 0, previous: "504", ran: true, status: 200 },
  { history: "18 attempts without an answer", retries: 18, executions: 0, previous: "504", ran: false, status: 200 },
  { history: "18 answers of a platform", retries: 18, executions: 0, previous: "503", ran: false, status: 200 },
  { history: "200 rejections", retries: 200, executions: 200, previous: "429", ran: true, status: 500 },
  // App Engine's execution count includes every answer.
  {
    history: "one failed run on App Engine",
    on: APP_ENGINE,
    retries: 1,
    executions: 1,
    previous: "500",
    ran: true,
    status: 500,
  },
  {
    history: "two failed runs on App Engine",
    on: APP_ENGINE,
    retries: 2,
    executions: 2,
    previous: "500",
    ran: true,
    status: 200,
  },
  {
    history: "three failed runs on App Engine",
    on: APP_ENGINE,
    retries: 3,
    executions: 3,
    previous: "500",
    ran: true,
    status: 200,
  },
  {
    history: "a failed onDiscard on App Engine",
    on: APP_ENGINE,
    retries: 3,
    executions: 3,
    previous: "507",
    ran: false,
    status: 200,
  },
  {
    history: "two crashes of the process on App Engine",
    on: APP_ENGINE,
    retries: 2,
    executions: 0,
    previous: "0",
    ran: true,
    status: 200,
  },
  {
    history: "seven crashes of the process on App Engine",
    on: APP_ENGINE,
    retries: 7,
    executions: 0,
    previous: "0",
    ran: true,
    status: 200,
  },
  {
    history: "seven rejections on App Engine",
    on: APP_ENGINE,
    retries: 7,
    executions: 7,
    previous: "403",
    ran: true,
    status: 200,
  },
  {
    history: "18 crashes of the process on App Engine",
    on: APP_ENGINE,
    retries: 18,
    executions: 0,
    previous: "0",
    ran: false,
    status: 200,
  },
  {
    history: "18 rejections on App Engine",
    on: APP_ENGINE,
    retries: 18,
    executions: 18,
    previous: "429",
    ran: true,
    status: 200,
  },
])("maxAttempts: 3, after $history: the handler runs: $ran, and the answer is $status", async (row) => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  let runs = 0;
  client.task("charge-card", {
    retry: { maxAttempts: 3 },
    run: () => {
      runs += 1;
      throw new Error("no");
    },
  });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const request = deliveryOf(
    { task: "charge-card" },
    {
      [`${HTTP}TaskName`]: null,
      [`${row.on ?? HTTP}TaskName`]: "1",
      [`${row.on ?? HTTP}TaskRetryCount`]: String(row.retries),
      [`${row.on ?? HTTP}TaskExecutionCount`]: String(row.executions),
      [`${row.on ?? HTTP}TaskPreviousResponse`]: row.previous,
    },
  );
  expect([(await worker.fetch(request)).status, runs]).toEqual([row.status, row.ran ? 1 : 0]);
});

test("after onDiscard failed, the next attempts repeat it with the same reason and error, without the handler", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const discards: unknown[] = [];
  let runs = 0;
  client.task("charge", {
    retry: { maxAttempts: 3 },
    run: () => {
      runs += 1;
      throw new NonRetriableError("no such card");
    },
    onDiscard: ({ reason, error, delivery: { attempt } }) => {
      discards.push([attempt, reason, (error as Error).message]);
      if (attempt < 4) throw new Error("the table is locked");
    },
  });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const statuses = [];
  for (const attempt of [1, 2, 3, 4]) {
    const headers = {
      [`${HTTP}TaskRetryCount`]: String(attempt - 1),
      [`${HTTP}TaskPreviousResponse`]: attempt === 1 ? null : "507",
    };
    statuses.push((await worker.fetch(deliveryOf({ task: "charge" }, headers))).status);
  }
  expect(statuses).toEqual([507, 507, 507, 200]);
  const discard = ["non-retriable", "no such card"];
  expect(discards).toEqual([1, 2, 3, 4].map((attempt) => [attempt, ...discard]));
  expect(runs).toBe(1);
});

test("a task whose handler never ended is discarded without running, with a message that says why", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const discards: unknown[] = [];
  client.task("exits", {
    retry: { maxAttempts: 3 },
    run: () => expect.unreachable(),
    onError: () => expect.unreachable(),
    onDiscard: ({ reason, error, delivery: { isLastAttempt } }) => discards.push([reason, error, isLastAttempt]),
  });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const response = await worker.fetch(deliveryOf({ task: "exits" }, { [`${HTTP}TaskRetryCount`]: "18" }));
  const message =
    '"exits" has reached its retry limits (maxAttempts: 3), and 18 attempts ended without a result of the handler: it may have ' +
    "ended its process or blocked it beyond the deadline, or the worker was not reachable. The handler did not run again";
  expect(discards).toEqual([["max-attempts", new Error(message), true]]);
  expect(await response.json()).toMatchObject({
    status: "discarded",
    reason: "max-attempts",
    message: expect.stringContaining(message),
  });
});

test.each([
  [
    "the task's own",
    { maxAttempts: 2 },
    "CloudTask-Retry",
    '{"maxAttempts":3,"service":{"maxAttempts":103},"due":"2026-01-01"}',
    false,
  ],
  ["the definition's, if the task has none", { maxAttempts: 2 }, "X-Other", "", true],
  ["the definition's, if the header is not JSON", { maxAttempts: 2 }, "CloudTask-Retry", "maxAttempts=3", true],
  ["the definition's, if the header is invalid", { maxAttempts: 2 }, "CloudTask-Retry", '{"maxAttempts":0}', true],
  [
    "the definition's, if the header has no time",
    { maxAttempts: 2 },
    "CloudTask-Retry",
    '{"maxAttempts":3,"service":{}}',
    true,
  ],
  ["unknown, without any", undefined, "X-Other", "", undefined],
] as const)("the limits of a delivery are %s", async (_, retry, header, value, expected) => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const seen: unknown[] = [];
  client.task("look", { retry, run: (_: undefined, { delivery }) => void seen.push(delivery.isLastAttempt) });
  const worker = createWorker(client, { allowUnauthenticated: true });
  await worker.fetch(deliveryOf({ task: "look" }, { [header]: value, [`${HTTP}TaskRetryCount`]: "1" }));
  expect(seen).toEqual([expected]);
});
