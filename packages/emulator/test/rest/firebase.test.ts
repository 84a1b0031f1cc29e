import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { callAt, queuePath } from "../support/api.ts";
import { startTarget } from "../support/target.ts";

test("a queue is registered with its limits and the URL of its function, the target of its tasks", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: [] });
  const name = queuePath(emulator, "resize");
  const registered = await callAt(emulator, "POST", `/${name}`, {
    retryConfig: { maxAttempts: 5, minBackoffSeconds: 0.5, maxRetrySeconds: null },
    rateLimits: { maxDispatchesPerSecond: 10 },
    defaultUri: target.url,
  });
  expect(registered).toMatchObject({
    status: 200,
    body: { taskQueueConfig: { maxAttempts: 5, defaultUri: target.url } },
  });
  expect(await callAt(emulator, "GET", `/${name}`)).toMatchObject({
    body: { retryConfig: { maxAttempts: 5, minBackoff: "0.500s" }, rateLimits: { maxDispatchesPerSecond: 10 } },
  });
  const body = Buffer.from('{"data":{"path":"a.png"}}').toString("base64");
  const task = { httpRequest: { url: "", body, oidcToken: { serviceAccountEmail: "emulated@example.com" } } };
  const enqueued = await callAt(emulator, "POST", `/${name}/tasks`, { task });
  expect(enqueued.body.httpRequest).toMatchObject({ url: target.url });
  await emulator.idle();
  expect(target.received).toMatchObject([{ body: '{"data":{"path":"a.png"}}' }]);
});

test("a queue that is registered again gets the new limits and keeps its tasks", async () => {
  await using emulator = await createEmulator({ queues: [] });
  const name = queuePath(emulator, "resize");
  await callAt(emulator, "POST", `/${name}`, { defaultUri: "http://127.0.0.1:9/" });
  await callAt(emulator, "POST", `/${name}:pause`);
  await callAt(emulator, "POST", `/${name}/tasks`, { task: { httpRequest: { url: "" } } });
  await callAt(emulator, "POST", `/${name}`, { retryConfig: { maxAttempts: 9 }, defaultUri: "http://127.0.0.1:8/" });
  expect(await callAt(emulator, "GET", `/${name}`)).toMatchObject({ body: { retryConfig: { maxAttempts: 9 } } });
  expect((await callAt(emulator, "GET", `/${name}/tasks`)).body.tasks).toHaveLength(1);
});

test.each([
  ["a task without a URL for a queue that was not registered", "/tasks", { task: { httpRequest: { url: "" } } }],
  ["a limit that is not a number", "", { retryConfig: { maxAttempts: "many" } }],
  ["a limit that is not an integer", "", { retryConfig: { maxAttempts: 1.5 } }],
  ["an infinite limit", "", '{"retryConfig":{"maxAttempts":1e400}}'],
  ["a number of dispatches that is not an integer", "", { rateLimits: { maxConcurrentDispatches: 1.5 } }],
  ["a backoff that exceeds the longest duration", "", { retryConfig: { maxBackoffSeconds: 9e18 } }],
  ["an infinite retry duration", "", '{"retryConfig":{"maxRetrySeconds":1e400}}'],
  ["a default URL that is not a string", "", { defaultUri: 1 }],
])("%s is rejected", async (_, path, body) => {
  await using emulator = await createEmulator();
  const answer = await callAt(emulator, "POST", `/${queuePath(emulator, "default")}${path}`, body);
  expect(answer).toMatchObject({ status: 400, body: { error: { status: "INVALID_ARGUMENT" } } });
});

test("a task for a missing queue creates it with autoCreateQueues, and is rejected otherwise", async () => {
  const task = { httpRequest: { url: "http://127.0.0.1:9/" } };
  await using creating = await createEmulator({ queues: [], autoCreateQueues: true });
  expect((await callAt(creating, "POST", `/${queuePath(creating, "new")}/tasks`, { task })).status).toBe(200);
  await using refusing = await createEmulator({ queues: [] });
  expect((await callAt(refusing, "POST", `/${queuePath(refusing, "new")}/tasks`, { task })).status).toBe(404);
});

test("a fault of CreateTask also applies to Firebase's call", async () => {
  await using emulator = await createEmulator();
  emulator.faults.add({ on: "CreateTask", status: "UNAVAILABLE" });
  const task = { httpRequest: { url: "http://127.0.0.1:9/" } };
  const answer = await callAt(emulator, "POST", `/${queuePath(emulator, "default")}/tasks`, { task });
  expect(answer).toMatchObject({ status: 503, body: { error: { status: "UNAVAILABLE" } } });
});
