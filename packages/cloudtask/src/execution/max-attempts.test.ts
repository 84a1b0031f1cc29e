import { expect, test } from "vitest";
import { deliveryOf } from "../../test/support/deliveries.ts";
import { CloudTaskClient, createWorker } from "../index.ts";

const HTTP = "X-CloudTasks-";
const APP_ENGINE = "X-AppEngine-";

test.each([
  { had: "nothing", retries: 0, executions: 0, previous: null, ran: true, status: 500 },
  { had: "one failed run", retries: 1, executions: 0, previous: "500", ran: true, status: 500 },
  { had: "two failed runs", retries: 2, executions: 0, previous: "500", ran: true, status: 200 },
  { had: "three failed runs", retries: 3, executions: 0, previous: "500", ran: false, status: 200 },
  { had: "three that ran out of time", retries: 3, executions: 0, previous: "504", ran: false, status: 200 },
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
