import { expect, test } from "vitest";
import { CloudTaskClient, createWorker } from "../../src/index.ts";
import { loadServer } from "../../src/worker/worker.ts";
import { deliveryOf } from "../support/deliveries.ts";

test("a worker whose code cannot be loaded answers 500, logs the error, and can be closed", async () => {
  loadServer.set({
    get DeliveryServer(): never {
      throw new Error("Cannot find module _worker.js");
    },
  });
  const lines: string[] = [];
  const logger = { warn: () => undefined, error: (line: string) => void lines.push(line) };
  const client = new CloudTaskClient({ url: "http://worker.test/", logger });
  client.task("hello", () => "hello");
  const worker = createWorker(client, { allowUnauthenticated: true });
  const response = await worker.fetch(deliveryOf({ task: "hello" }));
  expect([response.status, await response.json()]).toEqual([
    500,
    { status: "misconfigured", message: "the worker is misconfigured; its log has the error" },
  ]);
  expect(lines).toEqual([
    expect.stringMatching(/the code of the worker could not be loaded, and the task did not run/),
  ]);
  await worker.close();
});
