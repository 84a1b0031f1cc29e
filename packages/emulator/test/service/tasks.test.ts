import { createEmulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, queuePath } from "../support/api.ts";
import { startTarget } from "../support/target.ts";

const queue = "projects/local-project/locations/us-central1/queues/default";
const url = "http://127.0.0.1:9/";

const ID_RULE =
  "can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or underscores (_). Task ID must between 1 and 500 characters.";

const rejected: readonly [what: string, task: object, message: string][] = [
  [
    "a name of another queue",
    { name: `${queue}-2/tasks/t`, httpRequest: { url } },
    `The queue name from request ('${queue}') must be the same as the queue name in the named task ('${queue}-2').`,
  ],
  ["no url", { httpRequest: {} }, "HttpRequest.url is required."],
  ["another scheme", { httpRequest: { url: "ftp://x/" } }, "HttpTarget.url must start with 'http://' or 'https://'."],
  ["no scheme", { httpRequest: { url: "x.example.com" } }, "HttpTarget.url must start with 'http://' or 'https://'."],
  [
    "a url of 2084 characters",
    { httpRequest: { url: `http://x/${"a".repeat(2075)}` } },
    "HttpRequest.url must be at most 2083 characters long.",
  ],
  [
    "a url too long once encoded",
    { httpRequest: { url: `http://x/${"ü".repeat(400)}` } },
    "HttpRequest.url must be at most 2083 characters long.",
  ],
  [
    "a deadline under 15 s",
    { httpRequest: { url }, dispatchDeadline: "14.999s" },
    "Task.dispatchDeadline must be between [15s, 30m].",
  ],
  [
    "a deadline of zero",
    { httpRequest: { url }, dispatchDeadline: "0s" },
    "Task.dispatchDeadline must be between [15s, 30m].",
  ],
  [
    "a deadline over 30 min",
    { httpRequest: { url }, dispatchDeadline: "1800.001s" },
    "Task.dispatchDeadline must be between [15s, 30m].",
  ],
  [
    "a body on GET",
    { httpRequest: { url, httpMethod: "GET", body: "aGk=" } },
    "Body can only be set if the http_method is POST, PUT, or PATCH.",
  ],
  [
    "headers of 80 KB",
    {
      httpRequest: {
        url,
        headers: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`X-${n}`, "a".repeat(8_000)])),
      },
    },
    "HttpRequest.headers must be less than 80KB.",
  ],
  ["no target", {}, "Task.payload_type is not set."],
];

test.each(rejected)("CreateTask with %s is rejected", async (_, task, message) => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const answer = await call(emulator, "POST", `${queue}/tasks`, { task });
  expect(answer).toEqual({ status: 400, body: { error: { code: 400, status: "INVALID_ARGUMENT", message } } });
});

test.each(["a b", "a.b", "ü", "", "a:b", "a\n", "a".repeat(501)])("%j is not a valid task id", async (id) => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const { body } = await createTask(emulator, { id });
  expect(body.error).toEqual({
    code: 400,
    status: "INVALID_ARGUMENT",
    message: `Task ID "${id}" ${ID_RULE}`,
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.Help",
        links: [
          {
            description: "Definition of task ID",
            url: "https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks#Task.FIELDS.name",
          },
        ],
      },
    ],
  });
});

const accepted: readonly [what: string, task: object][] = [
  ["an id of 500 characters", { name: `${queue}/tasks/${"aA0-_".repeat(100)}`, httpRequest: { url } }],
  ["a bad percent-escape in its url", { httpRequest: { url: "http://127.0.0.1:9/%zz" } }],
  ["a url that cannot be parsed", { httpRequest: { url: "http://[bad" } }],
  ["the shortest deadline", { httpRequest: { url }, dispatchDeadline: "15s" }],
  ["the longest deadline", { httpRequest: { url }, dispatchDeadline: "1800s" }],
  ["a body on PATCH", { httpRequest: { url, httpMethod: "PATCH", body: "aGk=" } }],
  ["snake_case names, an enum as a number", { http_request: { url, http_method: 4 }, dispatch_deadline: "20s" }],
];

test.each(accepted)("CreateTask with %s is accepted", async (_, task) => {
  await using emulator = await createEmulator({ queues: ["default"] });
  await call(emulator, "POST", `${queue}:pause`);
  expect((await call(emulator, "POST", `${queue}/tasks`, { task })).status).toBe(200);
});

test.each([
  ["2030-07-01T00:00:00Z", 720 * 3600 + 1, "2030-07-30T17:00:01-07:00"],
  ["2030-12-01T00:00:00Z", 720 * 3600 + 60, "2030-12-30T16:01:00-08:00"],
])(
  "from %s a schedule time %s s ahead is rejected with the time in US Pacific time",
  async (now, delaySeconds, time) => {
    const clock = new ManualClock(now);
    await using emulator = await createEmulator({ clock, queues: ["default"] });
    const { body } = await createTask(emulator, { delaySeconds, now: clock.now() });
    expect(body.error?.message).toBe(
      `The Task.scheduleTime, ${time}, is too far in the future. Schedule time must be no more than 720h in the future.`,
    );
  },
);

test("720 h ahead is accepted", async () => {
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  await using emulator = await createEmulator({ clock, queues: ["default"] });
  const { body } = await createTask(emulator, { delaySeconds: 720 * 3600, now: clock.now() });
  expect(body.scheduleTime).toBe("2030-01-31T00:00:00Z");
});

test("a created task has all defaults, truncated times as in Cloud Tasks, and no body", async () => {
  await using emulator = await createEmulator({
    clock: new ManualClock("2030-01-01T00:00:00.789Z"),
    queues: ["default"],
  });
  const task = {
    name: `${queue}/tasks/t`,
    scheduleTime: "2030-01-02T00:00:00.123456789Z",
    dispatchDeadline: "20.1239s",
    httpRequest: { url, body: "aGk=" },
    dispatchCount: 7,
    createTime: "2000-01-01T00:00:00Z",
  };
  const stored = {
    name: `${queue}/tasks/t`,
    scheduleTime: "2030-01-02T00:00:00.123456Z",
    createTime: "2030-01-01T00:00:00Z",
    dispatchDeadline: "20.123s",
    view: "BASIC",
    httpRequest: { url, httpMethod: "POST", headers: { "User-Agent": "Google-Cloud-Tasks" } },
  };
  expect((await call(emulator, "POST", `${queue}/tasks`, { task })).body).toEqual(stored);
  expect((await call(emulator, "GET", `${queue}/tasks/t`)).body).toEqual(stored);
  const full = await call(emulator, "GET", `${queue}/tasks/t?responseView=FULL`);
  expect(full.body).toEqual({ ...stored, view: "FULL", httpRequest: { ...stored.httpRequest, body: "aGk=" } });
});

test.each([
  ["unset", {}],
  ["past", { scheduleTime: "2020-01-01T00:00:00Z" }],
])("a schedule time that is %s becomes now, and the default deadline is 10 minutes", async (_, times) => {
  await using emulator = await createEmulator({
    clock: new ManualClock("2030-01-01T00:00:00.789Z"),
    queues: ["default"],
  });
  const { body } = await call(emulator, "POST", `${queue}/tasks`, { task: { httpRequest: { url }, ...times } });
  expect(body).toMatchObject({ scheduleTime: "2030-01-01T00:00:00.789Z", dispatchDeadline: "600s" });
});

test("a generated id is a decimal number", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const { body } = await createTask(emulator, { delaySeconds: 60 });
  expect(body.name).toMatch(/\/tasks\/\d{15,20}$/);
});

const TAKEN = { code: 409, status: "ALREADY_EXISTS", message: "Requested entity already exists" };
const TAKEN_RECENTLY = {
  ...TAKEN,
  message: expect.stringContaining("because a task with this name existed too recently"),
};
const GONE = {
  code: 404,
  status: "NOT_FOUND",
  message:
    "The task no longer exists, though a task with this name existed recently. The task either successfully completed or was deleted.",
};

test("the name of a task is reserved while it exists and for an hour after its deletion", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const path = `${queuePath(emulator, "default")}/tasks/t`;
  expect((await createTask(emulator, { id: "t", delaySeconds: 60 })).status).toBe(200);
  expect((await createTask(emulator, { id: "t" })).body.error).toEqual(TAKEN);
  expect(await call(emulator, "DELETE", path)).toEqual({ status: 200, body: {} });
  expect((await createTask(emulator, { id: "t" })).body.error).toEqual(TAKEN_RECENTLY);
  expect((await call(emulator, "GET", path)).body.error).toEqual(GONE);
  await emulator.advance("1h");
  expect((await createTask(emulator, { id: "t", delaySeconds: 6000 })).status).toBe(200);
});

test("the name of a task is reserved after its success", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { id: "t", url: target.url });
  await emulator.idle();
  expect((await createTask(emulator, { id: "t" })).body.error).toEqual(TAKEN_RECENTLY);
  expect((await call(emulator, "GET", `${queue}/tasks/t`)).body.error).toEqual(GONE);
});

test.each([
  ["GET", ""],
  ["DELETE", ""],
  ["POST", ":run"],
])("%s of a task that never existed finds nothing", async (method, suffix) => {
  await using emulator = await createEmulator({ queues: ["default"] });
  for (const path of [`${queue}/tasks/none`, `${queue}-none/tasks/none`]) {
    const { body } = await call(emulator, method, path + suffix);
    expect(body.error).toEqual({ code: 404, status: "NOT_FOUND", message: "Requested entity was not found." });
  }
});

test("with autoCreateQueues, CreateTask creates a missing queue", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ autoCreateQueues: true });
  expect((await createTask(emulator, { queue: "new", url: target.url })).status).toBe(200);
  await emulator.idle();
  expect(target.received).toHaveLength(1);
  expect((await call(emulator, "GET", queuePath(emulator, "new"))).status).toBe(200);
});

test("with autoCreateQueues, a queue that a dead letter creates is paused", async () => {
  await using emulator = await createEmulator({ autoCreateQueues: true });
  const httpRequest = { url: "http://127.0.0.1:9/", headers: { "cloudtask-dead-reason": "non-retriable" } };
  const task = { httpRequest };
  expect((await call(emulator, "POST", `${queuePath(emulator, "dead")}/tasks`, { task })).status).toBe(200);
  expect(await call(emulator, "GET", queuePath(emulator, "dead"))).toMatchObject({ body: { state: "PAUSED" } });
});
