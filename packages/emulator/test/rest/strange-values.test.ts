import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, queuePath } from "../support/api.ts";

const url = "http://127.0.0.1:9/";

const names: readonly [what: string, path: string, body: object, message: string][] = [
  ["a method", "/tasks", { task: { httpRequest: { url, httpMethod: "get" } } }, "'task.http_request.http_method'"],
  ["a method in snake_case", "/tasks", { task: { http_request: { url, http_method: "get" } } }, 'HttpMethod), "get"'],
  ["a view", "/tasks", { responseView: "full", task: { httpRequest: { url } } }, "'response_view'"],
  [
    "a method in a batch",
    "/tasks:batchCreate",
    { requests: [{ task: { httpRequest: { url } } }, { task: { httpRequest: { url, httpMethod: "Post" } } }] },
    "'requests[1].task.http_request.http_method'",
  ],
];

test.each(names)("%s that is misspelt is rejected instead of treated as unset", async (_, path, body, message) => {
  await using emulator = await createEmulator();
  const answer = await call(emulator, "POST", `${queuePath(emulator, "default")}${path}`, body);
  expect(answer.body.error).toMatchObject({ code: 400, message: expect.stringContaining(message) });
});

test("enums by number and fields that are null are accepted", async () => {
  await using emulator = await createEmulator();
  const body = { task: { scheduleTime: null, httpRequest: { url, httpMethod: 2 } } };
  const answer = await call(emulator, "POST", `${queuePath(emulator, "default")}/tasks`, body);
  expect(answer).toMatchObject({ status: 200, body: { httpRequest: { httpMethod: "GET" } } });
});

const settings: readonly [what: string, queue: object, message: string][] = [
  ["a rate near zero", { rateLimits: { maxDispatchesPerSecond: 1e-310 } }, "must be at least 0.000001"],
  ["a sampling ratio above 1", { stackdriverLoggingConfig: { samplingRatio: 5 } }, "sampling_ratio must be"],
  [
    "a sampling ratio that is not a number",
    { stackdriverLoggingConfig: { samplingRatio: "NaN" } },
    "sampling_ratio must be",
  ],
];

test.each(settings)("a queue with %s is rejected, and queues can still be listed", async (_, queue, message) => {
  await using emulator = await createEmulator();
  const answer = await call(emulator, "PATCH", queuePath(emulator, "default"), queue);
  expect(answer.body.error).toMatchObject({ code: 400, message: expect.stringContaining(message) });
  const { status } = await call(emulator, "GET", "projects/local-project/locations/us-central1/queues");
  expect(status).toBe(200);
});

test("a retry that is due after the year 9999 does not break ListTasks", async () => {
  await using emulator = await createEmulator({
    queues: { default: { retry: { minBackoff: "3652500d", maxBackoff: "3652500d" } } },
  });
  await createTask(emulator);
  await emulator.idle();
  const { body } = await call(emulator, "GET", `${queuePath(emulator, "default")}/tasks`);
  expect(body.tasks).toMatchObject([{ scheduleTime: expect.stringMatching(/^9999-12-31/) }]);
});
