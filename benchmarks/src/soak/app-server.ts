/**
 * An app that pushes tasks and receives them: `node --expose-gc app-server.js <emulator>`. Prints its port. For each line of input it
 * pushes that many tasks, waits for their deliveries, and prints a `Sample` as JSON.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { repeat } from "../harness/repeat.ts";
import { sample } from "./sample.ts";

/** The pushes at the same time, and the tasks that may wait for their delivery. */
const CONCURRENCY = 64;
const MAX_WAITING = 1_000;
const [emulatorHost = ""] = process.argv.slice(2);
let port = 0;
let delivered = 0;
let pushed = 0;
const waiters: (() => void)[] = [];

const client = new CloudTaskClient({
  url: () => `http://127.0.0.1:${port}/`,
  secret: "a-secret-of-the-benchmark",
  emulatorHost,
});
const task = client.task("process-order", async (_: { readonly orderId: number }) => {
  delivered += 1;
  for (const resume of waiters.splice(0)) resume();
});
const server = createServer(cloudTaskListener(client)).listen(0, "127.0.0.1");
await once(server, "listening");
({ port } = server.address() as AddressInfo);
console.log(port);

/** Waits until at most `waiting` tasks wait for their delivery. */
async function deliveredUpTo(waiting: number): Promise<void> {
  while (pushed - delivered > waiting) {
    await new Promise<void>((resolve) => {
      waiters.push(resolve);
    });
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  await repeat(Number(line), CONCURRENCY, async (orderId) => {
    await deliveredUpTo(MAX_WAITING);
    pushed += 1;
    await task({ orderId }).push({ queue: `queue-${orderId % 40}` });
  });
  await deliveredUpTo(0);
  // The last answers are on their way.
  await setTimeout(1_000);
  console.log(JSON.stringify(sample()));
}
