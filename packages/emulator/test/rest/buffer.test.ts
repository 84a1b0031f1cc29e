import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, queuePath } from "../support/api.ts";
import { startTarget } from "../support/target.ts";

/** Sets the HTTP target of the queue `default`. */
async function pointTo(emulator: Emulator, url: string): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const uriOverride = { scheme: "HTTP", host: hostname, port, pathOverride: { path: pathname } };
  await call(emulator, "PATCH", queuePath(emulator, "default"), { httpTarget: { uriOverride } });
}

function buffer(emulator: Emulator, path: string, body: string, type: string): Promise<Response> {
  const url = `${emulator.url}/v2/${queuePath(emulator, "default")}/${path}`;
  return fetch(url, { method: "POST", body, headers: { "Content-Type": type } });
}

test("the raw body of a request becomes a task with the HTTP target of its queue", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  await pointTo(emulator, target.url);
  const response = await buffer(emulator, "tasks:buffer", "a,b\n1,2", "text/csv");
  expect(await response.json()).toMatchObject({
    task: { name: expect.stringMatching(/\/tasks\/\d+$/), httpRequest: { url: target.url, httpMethod: "POST" } },
  });
  await emulator.idle();
  expect(target.received).toMatchObject([
    { method: "POST", path: "/run", body: "a,b\n1,2", headers: { "content-type": "text/csv" } },
  ]);
});

test("a task can be buffered with an id, but only once", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  await pointTo(emulator, target.url);
  const first = await buffer(emulator, "tasks/order-1:buffer", "{}", "application/json");
  expect(await first.json()).toMatchObject({ task: { name: `${queuePath(emulator, "default")}/tasks/order-1` } });
  const second = await buffer(emulator, "tasks/order-1:buffer", "{}", "application/json");
  expect([second.status, (await second.json()).error.status]).toEqual([409, "ALREADY_EXISTS"]);
});

test.each([
  ["a_b", "tasks:buffer", 'Queue ID "a_b" can contain only'],
  ["default", "tasks/a%20b:buffer", 'Task ID "a b" can contain only'],
  ["default", "tasks:buffer?bogus=1", "Field 'bogus' could not be found in request message."],
])("in the queue %s, %s is rejected before the target of the queue is read", async (queue, path, message) => {
  await using emulator = await createEmulator();
  const response = await fetch(`${emulator.url}/v2/${queuePath(emulator, queue)}/${path}`, { method: "POST" });
  expect(await response.json()).toMatchObject({
    error: { status: "INVALID_ARGUMENT", message: expect.stringContaining(message) },
  });
});

test("a queue without a target host rejects buffered tasks", async () => {
  await using emulator = await createEmulator();
  const response = await buffer(emulator, "tasks:buffer", "{}", "application/json");
  expect(await response.json()).toMatchObject({
    error: { status: "INVALID_ARGUMENT", message: expect.stringContaining("HttpTarget.uriOverride.host") },
  });
});

test("a fault of CreateTask also applies to buffered tasks", async () => {
  await using emulator = await createEmulator();
  await pointTo(emulator, "http://127.0.0.1:9/");
  emulator.faults.add({ on: "CreateTask", status: "UNAVAILABLE" });
  expect((await buffer(emulator, "tasks:buffer", "{}", "application/json")).status).toBe(503);
});
