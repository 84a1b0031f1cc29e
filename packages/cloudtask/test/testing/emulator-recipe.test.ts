import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator } from "@cloudtask/emulator";
import { afterAll, beforeEach, expect, test } from "vitest";
import { cloudTaskListener } from "../../src/adapters/node.ts";
import { CloudTaskClient, RetryAfterError } from "../../src/index.ts";

const emulator = await createEmulator();
const server = createServer();
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const client = new CloudTaskClient({
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks/run`,
  emulatorHost: emulator.host,
  serviceAccount: "tasks@local-project.iam.gserviceaccount.com",
});
const remind = client.task("remind", async (_: { userId: string }, { delivery }) => {
  if (delivery.attempt === 1) throw new RetryAfterError("10m");
});
server.on("request", cloudTaskListener(client));

beforeEach(() => emulator.reset());
afterAll(() => Promise.all([emulator.close(), client.close(), server.close()]));

test("a reminder is delivered when it is due, and retried after ten minutes", async () => {
  await remind({ userId: "123" }).push({ delay: "7d" });
  await emulator.advance("6d");
  expect(emulator.attempts()).toEqual([]);
  await emulator.advance("1d");
  expect(emulator.attempts()).toMatchObject([{ outcome: "retrying", response: { status: 500 } }]);
  await emulator.advance("10m");
  expect(emulator.attempts()[0]).toMatchObject({ outcome: "succeeded", response: { status: 200 } });
});

test("a lost response leads to another delivery", async () => {
  emulator.faults.add({ on: "delivery", drop: "response" });
  await remind({ userId: "123" }).push();
  await emulator.advance("11m");
  expect(emulator.attempts().map(({ outcome }) => outcome)).toEqual(["succeeded", "retrying"]);
});
