import { create } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { createEmulator, ManualClock } from "@cloudtask/emulator";
import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { CloudTasks } from "../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { GrpcClient } from "../support/port.ts";
import { type ExpectedError, type Fixture, invalid, LOCATION, QUEUE, runFixtures } from "./support/fixture.ts";
import { BAD_ARGUMENT, badTaskId, TASK_NAME } from "./support/messages.ts";

const url = "http://127.0.0.1:9/";
const httpRequest = { url };
const body = Buffer.from("hi").toString("base64");

function rejected(what: string, task: object | undefined, error: ExpectedError): Fixture {
  return {
    when: `CreateTask with ${what}`,
    call: ["createTask", { parent: QUEUE, ...(task && { task: { ...task } }) }],
    error,
  };
}

function created(what: string, task: object, answer: object): Fixture {
  return { when: `CreateTask with ${what}`, call: ["createTask", { parent: QUEUE, task: { ...task } }], answer };
}

const badUrl = invalid("HttpTarget.url must start with 'http://' or 'https://'.");
const badBody = invalid("Body can only be set if the http_method is POST, PUT, or PATCH.");
const badDeadline = invalid("Task.dispatchDeadline must be between [15s, 30m].");
const noTarget = invalid("Task.payload_type is not set.");

function tooFar(time: string): ExpectedError {
  return invalid(
    `The Task.scheduleTime, ${time}, is too far in the future. Schedule time must be no more than 720h in the future.`,
  );
}

const checks: readonly Fixture[] = [
  rejected("a name of another shape", { name: "t", httpRequest }, TASK_NAME),
  rejected("a name without a task id", { name: QUEUE, httpRequest }, TASK_NAME),
  rejected("a bad task id", { name: `${QUEUE}/tasks/a b`, httpRequest }, badTaskId("a b")),
  rejected(
    "a name of another queue",
    { name: `${LOCATION}/queues/other/tasks/t`, httpRequest },
    invalid(
      `The queue name from request ('${QUEUE}') must be the same as the queue name in the named task ('${LOCATION}/queues/other').`,
    ),
  ),
  rejected("no task", undefined, noTarget),
  rejected("no target", {}, noTarget),
  rejected("no url", { httpRequest: {} }, invalid("HttpRequest.url is required.")),
  rejected("another scheme", { httpRequest: { url: "ftp://x/" } }, badUrl),
  rejected("no scheme", { httpRequest: { url: "example.com" } }, badUrl),
  ...["GET", "HEAD", "DELETE", "OPTIONS"].map((httpMethod) =>
    rejected(`a body with ${httpMethod}`, { httpRequest: { url, httpMethod, body } }, badBody),
  ),
  rejected("a short deadline", { httpRequest, dispatchDeadline: "14.999999999s" }, badDeadline),
  rejected("a long deadline", { httpRequest, dispatchDeadline: "1800.000000001s" }, badDeadline),
  rejected("a far time", { httpRequest, scheduleTime: "2100-01-01T00:00:00Z" }, tooFar("2099-12-31T16:00:00-08:00")),
  rejected(
    "a far time with a fraction",
    { httpRequest, scheduleTime: "2100-01-01T00:00:00.500Z" },
    tooFar("2099-12-31T16:00:00.5-08:00"),
  ),
  rejected(
    "a far time with nanoseconds",
    { httpRequest, scheduleTime: "2100-01-01T00:00:00.000000001Z" },
    tooFar("2099-12-31T16:00:00.000000001-08:00"),
  ),
  rejected(
    "a far time in summer",
    { httpRequest, scheduleTime: "2099-07-01T00:00:00Z" },
    tooFar("2099-06-30T17:00:00-07:00"),
  ),
  created("a bad percent-escape", { httpRequest: { url: `${url}%zz` } }, { httpRequest: { url: `${url}%zz` } }),
];

const soon = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19);

const stored: readonly Fixture[] = [
  created(
    "a deadline to the nanosecond",
    { httpRequest, dispatchDeadline: "20.123456789s" },
    { dispatchDeadline: "20.123s" },
  ),
  created(
    "a time to the nanosecond",
    { httpRequest, scheduleTime: `${soon}.123456999Z` },
    { scheduleTime: `${soon}.123456Z` },
  ),
  created(
    "a task of its own attempts",
    { httpRequest, retryConfig: { maxAttempts: 3 } },
    {
      retryConfig: { maxAttempts: 3, minBackoff: "0.100s", maxBackoff: "3600s", maxDoublings: 16 },
    },
  ),
  {
    when: "a task with nothing but a url",
    call: ["createTask", { parent: QUEUE, task: { name: `${QUEUE}/tasks/t`, httpRequest } }],
    options: { queues: { q: { paused: true } }, clock: new ManualClock("2030-01-01T00:00:00Z") },
    exactly: {
      name: `${QUEUE}/tasks/t`,
      httpRequest: { url, httpMethod: "POST", headers: { "User-Agent": "Google-Cloud-Tasks" } },
      scheduleTime: "2030-01-01T00:00:00Z",
      createTime: "2030-01-01T00:00:00Z",
      dispatchDeadline: "600s",
      view: "BASIC",
    },
  },
  ...["1970-01-01T00:00:00Z", "1969-01-01T00:00:00Z", "0001-01-01T00:00:00Z"].map(
    (scheduleTime): Fixture => ({
      when: `a task scheduled for ${scheduleTime} is due now`,
      call: ["createTask", { parent: QUEUE, task: { httpRequest, scheduleTime } }],
      options: { queues: { q: { paused: true } }, clock: new ManualClock("2030-01-01T00:00:00Z") },
      answer: { scheduleTime: "2030-01-01T00:00:00Z" },
    }),
  ),
];

const task = `${QUEUE}/tasks/t`;
const withBody = ["createTask", { parent: QUEUE, task: { name: task, httpRequest: { url, body } } }] as const;
const unknownView = { responseView: 9 } as const;
const basicRequest = { url, httpMethod: "POST", headers: { "User-Agent": "Google-Cloud-Tasks" } };

const unknownValues: readonly Fixture[] = [
  {
    ...created("an unknown method", { httpRequest: { url, httpMethod: 99 } }, { httpRequest: { httpMethod: "POST" } }),
  },
  {
    when: "CreateTask with an unknown view",
    call: ["createTask", { parent: QUEUE, task: { httpRequest: { url, body } }, ...unknownView }],
    answer: { httpRequest: basicRequest },
    absent: ["view", "httpRequest.body"],
    only: "gRPC",
  },
  {
    when: "GetTask with an unknown view",
    given: [withBody],
    call: ["getTask", { name: task, ...unknownView }],
    answer: { httpRequest: basicRequest },
    absent: ["view", "httpRequest.body"],
    only: "gRPC",
  },
  {
    when: "ListTasks with an unknown view",
    given: [withBody],
    call: ["listTasks", { parent: QUEUE, ...unknownView }],
    answer: { tasks: [{ view: "BASIC", httpRequest: basicRequest }] },
    only: "gRPC",
  },
  {
    when: "GetTask with the full view",
    given: [withBody],
    call: ["getTask", { name: task, responseView: "FULL" }],
    answer: { view: "FULL", httpRequest: { ...basicRequest, body } },
  },
];

test("a schedule time after the year 9999 is rejected", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  using client = new GrpcClient({ address: emulator.host });
  const scheduleTime = create(TimestampSchema, { seconds: 253_402_300_800n });
  const messageType = { case: "httpRequest", value: { url } } as const;
  const call = client.call(CloudTasks.method.createTask, { parent: QUEUE, task: { scheduleTime, messageType } });
  await expect(call).rejects.toMatchObject({ code: status.INVALID_ARGUMENT, details: BAD_ARGUMENT.message });
});

runFixtures([...checks, ...stored, ...unknownValues]);
