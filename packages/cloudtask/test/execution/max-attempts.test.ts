import { expect, test } from "vitest";
import { CloudTaskClient, createWorker, NonRetriableError } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

const HTTP = "X-CloudTasks-";
const APP_ENGINE = "X-AppEngine-";

test.each([
  { had: "nothing", retries: 0, executions: 0, previous: null, ran: true, status: 500 },
  { had: "one failed run", retries: 1, executions: 0, previous: "500", ran: true, status: 500 },
  { had: "two failed runs", retries: 2, executions: 0, previous: "500", ran: true, status: 200 },
  { had: "a front that answered 500 three times", retries: 3, executions: 0, previous: "500", ran: true, status: 200 },
  {
    had: "Cloud Tasks waiting in vain, three times",
    retries: 3,
    executions: 0,
    previous: "504",
    ran: true,
    status: 200,
  },
  { had: "an onDiscard that failed", retries: 3, executions: 0, previous: "507", ran: false, status: 200 },
  {
    had: "one that failed before the last attempt",
    retries: 1,
    executions: 0,
    previous: "507",
    ran: true,
    status: 500,
  },
  { had: "one, and a refusal since", retries: 4, executions: 1, previous: "429", ran: true, status: 200 },
  { had: "seven refusals for a wrong secret", retries: 7, executions: 7, previous: "403", ran: true, status: 500 },
  { had: "seven refusals by a full worker", retries: 7, executions: 7, previous: "429", ran: true, status: 500 },
  { had: "two failed runs and five refusals", retries: 7, executions: 5, previous: "429", ran: true, status: 200 },
  { had: "nobody answering, seven times", retries: 7, executions: 0, previous: null, ran: true, status: 200 },
  { had: "a platform without an instance", retries: 7, executions: 0, previous: "503", ran: true, status: 200 },
  // App Engine's execution count is one of answers, whatever they were.
  {
    had: "one failed run on App Engine",
    on: APP_ENGINE,
    retries: 1,
    executions: 1,
    previous: "500",
    ran: true,
    status: 500,
  },
  {
    had: "two failed runs on App Engine",
    on: APP_ENGINE,
    retries: 2,
    executions: 2,
    previous: "500",
    ran: true,
    status: 200,
  },
  {
    had: "three failed runs on App Engine",
    on: APP_ENGINE,
    retries: 3,
    executions: 3,
    previous: "500",
    ran: true,
    status: 200,
  },
  {
    had: "an onDiscard that failed on App Engine",
    on: APP_ENGINE,
    retries: 3,
    executions: 3,
    previous: "507",
    ran: false,
    status: 200,
  },
  {
    had: "two ends of the process on App Engine",
    on: APP_ENGINE,
    retries: 2,
    executions: 0,
    previous: "0",
    ran: true,
    status: 200,
  },
  {
    had: "seven ends of the process",
    on: APP_ENGINE,
    retries: 7,
    executions: 0,
    previous: "0",
    ran: true,
    status: 200,
  },
  {
    had: "seven refusals on App Engine",
    on: APP_ENGINE,
    retries: 7,
    executions: 7,
    previous: "403",
    ran: true,
    status: 200,
  },
])("of three attempts, after $had, the task runs: $ran, and is answered $status", async (row) => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  let runs = 0;
  client.task("thrice", {
    maxAttempts: 3,
    run: () => {
      runs += 1;
      throw new Error("no");
    },
  });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const request = deliveryOf(
    { task: "thrice" },
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

test("where onDiscard failed before maxAttempts is reached, the handler runs again, and is discarded for its own reason", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const told: unknown[] = [];
  client.task("charge", {
    maxAttempts: 3,
    run: () => {
      throw new NonRetriableError("no such card");
    },
    onDiscard: ({ reason, delivery: { attempt } }) => {
      told.push([attempt, reason]);
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
  expect(told.map(String)).toEqual(["1,non-retriable", "2,non-retriable", "3,non-retriable", "4,max-attempts"]);
});
