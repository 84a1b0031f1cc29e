import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { CloudTasksClient } from "@google-cloud/tasks";
import { expect, test } from "vitest";
import { startTarget } from "./support/target.ts";

/** Google's own client for Node, over REST, without credentials. */
function clientFor(emulator: Emulator): CloudTasksClient & AsyncDisposable {
  const { hostname, port } = new URL(emulator.url);
  const authClient = {
    getRequestHeaders: async () => new Headers(),
    fetch: (url: string, init: RequestInit) => fetch(url, init),
  };
  const options = { fallback: true, apiEndpoint: hostname, port: Number(port), protocol: "http", authClient };
  const client = new CloudTasksClient(options as unknown as ConstructorParameters<typeof CloudTasksClient>[0]);
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

test("Google's client creates a queue and a task, and the task is delivered", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  await using client = clientFor(emulator);
  const parent = client.locationPath("p", "europe-west1");
  const name = client.queuePath("p", "europe-west1", "mail");
  const [queue] = await client.createQueue({ parent, queue: { name, rateLimits: { maxDispatchesPerSecond: 5 } } });
  expect(queue).toMatchObject({ name, state: "RUNNING", rateLimits: { maxDispatchesPerSecond: 5, maxBurstSize: 10 } });
  const httpRequest = {
    url: target.url,
    httpMethod: "PUT" as const,
    body: Buffer.from("hello"),
    headers: { "X-A": "b" },
  };
  const [task] = await client.createTask({ parent: name, task: { httpRequest } });
  expect(task).toMatchObject({ view: "BASIC", httpRequest: { httpMethod: "PUT", url: target.url } });
  await emulator.idle();
  expect(target.received).toMatchObject([{ method: "PUT", body: "hello", headers: { "x-a": "b" } }]);
});

test("Google's client updates, pauses, resumes, purges, lists and deletes queues", async () => {
  await using emulator = await createEmulator({ project: "p", location: "l", queues: ["a", "b"] });
  await using client = clientFor(emulator);
  const name = client.queuePath("p", "l", "a");
  const queue = { name, rateLimits: { maxDispatchesPerSecond: 7, maxConcurrentDispatches: 3 } };
  const updateMask = { paths: ["rate_limits.max_dispatches_per_second"] };
  const [updated] = await client.updateQueue({ queue, updateMask });
  expect(updated.rateLimits).toMatchObject({ maxDispatchesPerSecond: 7, maxConcurrentDispatches: 1000 });
  const [paused] = await client.pauseQueue({ name });
  expect(paused.state).toBe("PAUSED");
  const parent = client.locationPath("p", "l");
  const [found] = await client.listQueues({ parent, filter: "state: PAUSED" });
  expect(found.map((one) => one.name)).toEqual([name]);
  const [all] = await client.listQueues({ parent, pageSize: 1 });
  expect(all.map((one) => one.name)).toEqual([name, client.queuePath("p", "l", "b")]);
  const [resumed] = await client.resumeQueue({ name });
  expect(resumed.state).toBe("RUNNING");
  const [purged] = await client.purgeQueue({ name });
  expect(Number(purged.purgeTime?.seconds)).toBeGreaterThan(0);
  await client.deleteQueue({ name });
  await expect(client.getQueue({ name })).rejects.toMatchObject({ code: 5 });
});

test("Google's client reads tasks in both views, runs and deletes them", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ project: "p", location: "l", queues: ["q"] });
  await using client = clientFor(emulator);
  const parent = client.queuePath("p", "l", "q");
  const scheduleTime = { seconds: Math.floor(Date.now() / 1000) + 3600 };
  const httpRequest = { url: target.url, body: Buffer.from("hello") };
  for (const id of ["a", "b", "c"]) {
    await client.createTask({ parent, task: { name: `${parent}/tasks/${id}`, scheduleTime, httpRequest } });
  }
  const [tasks] = await client.listTasks({ parent, pageSize: 2, responseView: "FULL" });
  expect(tasks.map((task) => Buffer.from(task.httpRequest?.body as Uint8Array).toString())).toEqual([
    "hello",
    "hello",
    "hello",
  ]);
  const [basic] = await client.getTask({ name: `${parent}/tasks/a` });
  expect(basic.httpRequest?.body).toHaveLength(0);
  const [run] = await client.runTask({ name: `${parent}/tasks/a`, responseView: "FULL" });
  expect(run).toMatchObject({ dispatchCount: 1, view: "FULL" });
  await client.deleteTask({ name: `${parent}/tasks/b` });
  await emulator.idle();
  expect(target.received).toHaveLength(1);
  const [left] = await client.listTasks({ parent });
  expect(left.map((task) => task.name)).toEqual([`${parent}/tasks/c`]);
});

test("Google's client reads our errors: code, message and details", async () => {
  await using emulator = await createEmulator({ project: "p", location: "l", queues: ["q"] });
  await using client = clientFor(emulator);
  const parent = client.queuePath("p", "l", "q");
  const task = { name: `${parent}/tasks/not a valid id`, httpRequest: { url: "http://127.0.0.1:9/" } };
  await expect(client.createTask({ parent, task })).rejects.toMatchObject({
    code: 3,
    message: expect.stringContaining('Task ID "not a valid id" can contain only letters'),
  });
  const taken = { name: `${parent}/tasks/t`, httpRequest: { url: "http://127.0.0.1:9/" } };
  await client.createTask({ parent, task: taken });
  await expect(client.createTask({ parent, task: taken })).rejects.toMatchObject({ code: 6 });
});
