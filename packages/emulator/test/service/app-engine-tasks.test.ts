import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type ApiAnswer, call, queuePath } from "../support/api.ts";

const USER_AGENT = "AppEngine-Google; (+http://code.google.com/appengine)";

/** Creates an App Engine task in a queue that delivers nothing. */
async function create(emulator: Emulator, request: object, rest: object = {}): Promise<ApiAnswer> {
  const queue = queuePath(emulator, "default");
  await call(emulator, "POST", `${queue}:pause`);
  return call(emulator, "POST", `${queue}/tasks`, { task: { appEngineHttpRequest: request, ...rest } });
}

const body = Buffer.from("hello").toString("base64");

const stored: readonly [what: string, request: object, shown: object][] = [
  ["nothing", {}, { httpMethod: "POST", relativeUri: "/", headers: { "User-Agent": USER_AGENT } }],
  [
    "a body",
    { relativeUri: "/run?a=1", body },
    { headers: { "Content-Type": "application/octet-stream", "Content-Length": "5", "User-Agent": USER_AGENT } },
  ],
  [
    "a body with a type in lower case",
    { body, headers: { "content-type": "application/json" } },
    { headers: { "content-type": "application/json", "Content-Length": "5", "User-Agent": USER_AGENT } },
  ],
  [
    "reserved headers, and a User-Agent of its own",
    { headers: { Host: "x", "X-AppEngine-QueueName": "x", "user-agent": "mine/1.0", "X-Mine": "1" } },
    { headers: { "X-Mine": "1", "User-Agent": USER_AGENT } },
  ],
  [
    "a routing",
    { appEngineRouting: { service: "api", version: "v2", instance: "1" } },
    { appEngineRouting: { service: "api", version: "v2", instance: "1", host: "1.v2.api.local-project.appspot.com" } },
  ],
];

test.each(stored)("an App Engine task with %s is stored as in the real service", async (_, request, shown) => {
  await using emulator = await createEmulator();
  const { body: task } = await create(emulator, request);
  expect(task).toMatchObject({ dispatchDeadline: "600s", view: "BASIC", appEngineHttpRequest: shown });
  const { headers } = shown as { headers?: object };
  expect(task.appEngineHttpRequest).toMatchObject(headers ? { headers } : {});
});

test("reserved headers of an App Engine task are dropped, and only the User-Agent is added", async () => {
  await using emulator = await createEmulator();
  const { body: task } = await create(emulator, { headers: { "X-AppEngine-QueueName": "x", "X-Google-A": "x" } });
  expect((task.appEngineHttpRequest as { headers: object }).headers).toEqual({ "User-Agent": USER_AGENT });
});

test.each([["15s"], ["86415s"], ["0s"]])("a deadline of %s is accepted", async (dispatchDeadline) => {
  await using emulator = await createEmulator();
  expect((await create(emulator, {}, { dispatchDeadline })).status).toBe(200);
});

const rejected: readonly [what: string, request: object, rest: object, message: string][] = [
  [
    "a deadline that is too short",
    {},
    { dispatchDeadline: "14s" },
    "Task.dispatchDeadline must be between [15s, 24h15s].",
  ],
  [
    "a deadline that is too long",
    {},
    { dispatchDeadline: "86416s" },
    "Task.dispatchDeadline must be between [15s, 24h15s].",
  ],
  ["a URI that is not relative", { relativeUri: "run" }, {}, 'AppEngineHttpRequest.relativeUri must begin with "/"'],
  ["a URI with a space", { relativeUri: "/a b" }, {}, "must not hold spaces"],
  ["a URI that is too long", { relativeUri: `/${"a".repeat(2083)}` }, {}, "at most 2083 characters"],
  ["a body on PATCH", { httpMethod: "PATCH", body }, {}, "Body can only be set if the http_method is POST or PUT."],
  ["a body on GET", { httpMethod: "GET", body }, {}, "Body can only be set if the http_method is POST or PUT."],
];

test.each(rejected)("%s is rejected", async (_, request, rest, message) => {
  await using emulator = await createEmulator();
  const answer = await create(emulator, request, rest);
  expect(answer.body.error).toMatchObject({ status: "INVALID_ARGUMENT", message: expect.stringContaining(message) });
});
