import { expect, test } from "vitest";
import { CloudTaskClient } from "../client/cloud-task-client.ts";
import { createWorker } from "./worker.ts";
import { workerFor } from "./worker-for.ts";

const OPEN = { allowUnauthenticated: true };

function makeClient(ran: string[] = []): CloudTaskClient {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  client.task("run", () => ran.push("ran"));
  return client;
}

function delivery(): Request {
  const headers = { "Content-Type": "application/json" };
  return new Request("http://worker.test/tasks/run", { method: "POST", headers, body: '{"task":"run"}' });
}

test("a worker that is closed before its first request answers 503 and runs nothing", async () => {
  const ran: string[] = [];
  const worker = workerFor(makeClient(ran), OPEN);
  await worker.close();
  expect([(await worker.fetch(delivery())).status, ran]).toEqual([503, []]);
});

test("closing a worker that cannot be created succeeds", async () => {
  await expect(workerFor(makeClient()).close()).resolves.toBeUndefined();
});

test("a given worker is returned as it is, and accepts no further options", () => {
  const worker = createWorker(makeClient(), OPEN);
  expect(workerFor(worker)).toBe(worker);
  expect(() => workerFor(worker, { maxConcurrency: 1 })).toThrow(
    "this worker already has its options; pass worker options to createWorker()",
  );
});
