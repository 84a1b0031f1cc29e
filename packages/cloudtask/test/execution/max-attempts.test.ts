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
