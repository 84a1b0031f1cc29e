import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, queuePath } from "../support/api.ts";

const parent = "projects/local-project/locations/us-central1";

const NO_QUEUE =
  "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.";

/** The answers captured from the real service, and its limits. The queue `taken` exists before each call. */
const rejections: readonly [
  what: string,
  method: string,
  path: string,
  body: unknown,
  status: number,
  code: string,
  message: string,
][] = [
  [
    "CreateQueue, exists",
    "POST",
    `${parent}/queues`,
    { name: `${parent}/queues/taken` },
    409,
    "ALREADY_EXISTS",
    "Queue already exists",
  ],
  [
    "CreateQueue, not under its parent",
    "POST",
    `${parent}/queues`,
    { name: "projects/p/locations/l/queues/q" },
    400,
    "INVALID_ARGUMENT",
    `projects/p/locations/l/queues/q must begin with ${parent}.`,
  ],
  [
    "CreateQueue, bad parent",
    "POST",
    "projects/p p/locations/l/queues",
    { name: "projects/p p/locations/l/queues/q" },
    403,
    "PERMISSION_DENIED",
    'The principal (user or service account) lacks IAM permission "cloudtasks.queues.create" for the resource "projects/p p/locations/l" (or the resource may not exist).',
  ],
  ["GetQueue, missing", "GET", `${parent}/queues/none`, undefined, 404, "NOT_FOUND", NO_QUEUE],
  ["PauseQueue, missing", "POST", `${parent}/queues/none:pause`, {}, 404, "NOT_FOUND", NO_QUEUE],
  ["ResumeQueue, missing", "POST", `${parent}/queues/none:resume`, {}, 404, "NOT_FOUND", NO_QUEUE],
  ["PurgeQueue, missing", "POST", `${parent}/queues/none:purge`, {}, 404, "NOT_FOUND", NO_QUEUE],
  [
    "CreateTask, queue missing",
    "POST",
    `${parent}/queues/none/tasks`,
    { task: { httpRequest: { url: "http://x/" } } },
    404,
    "NOT_FOUND",
    NO_QUEUE,
  ],
  ["ListTasks, queue missing", "GET", `${parent}/queues/none/tasks`, undefined, 404, "NOT_FOUND", NO_QUEUE],
  [
    "DeleteQueue, missing",
    "DELETE",
    `${parent}/queues/none`,
    undefined,
    404,
    "NOT_FOUND",
    "Requested entity was not found.",
  ],
];

test.each(rejections)("%s", async (_, method, path, body, status, code, message) => {
  await using emulator = await createEmulator({ queues: ["taken"] });
  const answer = await call(emulator, method, path, body);
  expect(answer).toEqual({ status, body: { error: { code: status, status: code, message } } });
});

const limits: readonly [config: object, message: string][] = [
  [{ rateLimits: { maxDispatchesPerSecond: -1 } }, "RateLimits.maxDispatchesPerSecond cannot be negative."],
  [
    { rateLimits: { maxDispatchesPerSecond: 500.5 } },
    "RateLimits.maxDispatchesPerSecond must be less than or equal to 500.",
  ],
  [{ rateLimits: { maxConcurrentDispatches: -1 } }, "RateLimits.maxConcurrentDispatches cannot be negative."],
  [
    { rateLimits: { maxConcurrentDispatches: 5001 } },
    "RateLimits.maxConcurrentDispatches must be less than or equal to 5000.",
  ],
  [{ retryConfig: { maxAttempts: -2 } }, "RetryConfig.maxAttempts must be greater or equal to -1."],
  [{ retryConfig: { maxDoublings: -1 } }, "RetryConfig.maxDoublings cannot be negative."],
  [{ retryConfig: { minBackoff: "-1s" } }, "RetryConfig.minBackoff cannot be negative."],
  [
    { retryConfig: { minBackoff: "7200s" } },
    "RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.",
  ],
  [
    { retryConfig: { minBackoff: "5s", maxBackoff: "4.999s" } },
    "RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.",
  ],
];

test.each(limits)("CreateQueue and UpdateQueue reject a queue with %j", async (config, message) => {
  await using emulator = await createEmulator({ queues: ["known"] });
  const error = { code: 400, status: "INVALID_ARGUMENT", message };
  const created = await call(emulator, "POST", `${parent}/queues`, { name: `${parent}/queues/new`, ...config });
  const updated = await call(emulator, "PATCH", `${parent}/queues/known`, config);
  expect([created.body, updated.body]).toEqual([{ error }, { error }]);
});

test.each(["a_b", "a b", "", "ü", "a\n", "a".repeat(101)])("%j is not a valid queue id", async (id) => {
  await using emulator = await createEmulator();
  const answer = await call(emulator, "POST", `${parent}/queues`, { name: `${parent}/queues/${id}` });
  expect(answer.body.error).toMatchObject({
    status: "INVALID_ARGUMENT",
    message: `Queue ID "${id}" can contain only letters ([A-Za-z]), numbers ([0-9]), or hyphens (-). Queue ID must be between 1 and 100 characters.`,
    details: [{ links: [{ description: "Definition of queue ID" }] }],
  });
});

test("a slash in a queue id is rejected as a name of another shape", async () => {
  await using emulator = await createEmulator();
  const answer = await call(emulator, "POST", `${parent}/queues`, { name: `${parent}/queues/a/b` });
  expect(answer.body.error?.message).toMatch(/^Queue name must be formatted: /);
});

test("a new queue has Cloud Tasks' defaults, zeros mean unset, and output-only fields are ignored", async () => {
  await using emulator = await createEmulator();
  const name = `${parent}/queues/new`;
  const zeros = { maxDispatchesPerSecond: 0, maxBurstSize: -7, maxConcurrentDispatches: 0 };
  const sent = {
    name,
    rateLimits: zeros,
    retryConfig: { maxAttempts: 0 },
    state: "PAUSED",
    purgeTime: "2030-01-01T00:00:00Z",
  };
  const created = await call(emulator, "POST", `${parent}/queues`, sent);
  expect(created).toEqual({
    status: 200,
    body: {
      name,
      state: "RUNNING",
      rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
      retryConfig: { maxAttempts: 100, minBackoff: "0.100s", maxBackoff: "3600s", maxDoublings: 16 },
    },
  });
  expect(await call(emulator, "GET", name)).toEqual(created);
});

test("a queue keeps its settings: sub-second backoff, unlimited attempts, logging, the retry duration", async () => {
  await using emulator = await createEmulator();
  const retryConfig = {
    maxAttempts: -1,
    minBackoff: "0.250s",
    maxBackoff: "1.500s",
    maxDoublings: 3,
    maxRetryDuration: "90s",
  };
  const stackdriverLoggingConfig = { samplingRatio: 0.5 };
  const name = `${parent}/queues/new`;
  const rateLimits = { maxDispatchesPerSecond: 1 };
  const { body } = await call(emulator, "POST", `${parent}/queues`, {
    name,
    retryConfig,
    rateLimits,
    stackdriverLoggingConfig,
  });
  expect(body).toMatchObject({
    retryConfig,
    rateLimits: { maxDispatchesPerSecond: 1, maxBurstSize: 10 },
    stackdriverLoggingConfig,
  });
});

test("a queue can be paused, resumed, purged, deleted, and created again at once", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const name = queuePath(emulator, "q");
  expect((await call(emulator, "POST", `${name}:pause`)).body.state).toBe("PAUSED");
  expect((await call(emulator, "POST", `${name}:resume`, {})).body.state).toBe("RUNNING");
  const purged = await call(emulator, "POST", `${name}:purge`, {});
  expect(Date.parse(String(purged.body.purgeTime))).toBeGreaterThan(Date.now() - 60_000);
  expect(await call(emulator, "DELETE", name)).toEqual({ status: 200, body: {} });
  expect((await call(emulator, "GET", name)).status).toBe(404);
  expect((await call(emulator, "POST", `${parent}/queues`, { name })).status).toBe(200);
});

test("the name of a deleted queue cannot be used before the queue cooldown has passed", async () => {
  await using emulator = await createEmulator({ queues: ["q"], queueCooldown: "7d" });
  const name = queuePath(emulator, "q");
  await call(emulator, "DELETE", name);
  const rejected = {
    code: 400,
    status: "FAILED_PRECONDITION",
    message: "The queue cannot be created because a queue with this name existed too recently.",
  };
  expect((await call(emulator, "POST", `${parent}/queues`, { name })).body.error).toEqual(rejected);
  expect((await call(emulator, "PATCH", name, {})).body.error).toEqual(rejected);
  expect((await call(emulator, "GET", name)).body.error?.message).toBe(NO_QUEUE);
  await emulator.advance("7d");
  expect((await call(emulator, "POST", `${parent}/queues`, { name })).status).toBe(200);
});

test("the emulator's own location and those with queues are listed", async () => {
  await using emulator = await createEmulator({ queues: ["projects/local-project/locations/europe-west1/queues/q"] });
  const { body } = await call(emulator, "GET", "projects/local-project/locations");
  expect(body).toMatchObject({ locations: [{ locationId: "europe-west1" }, { locationId: "us-central1" }] });
  const one = await call(emulator, "GET", "projects/local-project/locations/asia-east1");
  expect(one.body).toMatchObject({ name: "projects/local-project/locations/asia-east1", locationId: "asia-east1" });
});
