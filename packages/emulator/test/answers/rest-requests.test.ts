import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { LOCATION, NONE, QUEUE } from "./support/fixture.ts";

const url = "http://127.0.0.1:9/";

/** An error in a request: its message, and the field that it names. */
type RequestError = readonly [message: string, field?: string];

/** Requests to a queue that does not exist: they are rejected before anything else is checked. */
const rejected: readonly (readonly [
  what: string,
  method: string,
  path: string,
  body: unknown,
  errors: readonly RequestError[],
])[] = [
  [
    "an unknown field at the top",
    "POST",
    `${NONE}/tasks`,
    { bogus: 1 },
    [['Invalid JSON payload received. Unknown name "bogus": Cannot find field.']],
  ],
  [
    "an unknown field deeper",
    "POST",
    `${NONE}/tasks`,
    { task: { httpRequest: { bogus: 1 } } },
    [
      [
        "Invalid JSON payload received. Unknown name \"bogus\" at 'task.http_request': Cannot find field.",
        "task.http_request",
      ],
    ],
  ],
  [
    "an unknown parameter",
    "GET",
    `${NONE}?bogus=1`,
    undefined,
    [
      [
        "Invalid JSON payload received. Unknown name \"bogus\": Cannot bind query parameter. Field 'bogus' could not be found in request message.",
      ],
    ],
  ],
  [
    "a wrong type in the body",
    "POST",
    `${NONE}/tasks`,
    { task: { name: 5 } },
    [["Invalid value at 'task.name' (TYPE_STRING), 5", "task.name"]],
  ],
  [
    "a wrong type in the query",
    "GET",
    `${NONE}/tasks?pageSize=abc`,
    undefined,
    [["Invalid value at 'page_size' (TYPE_INT32), \"abc\"", "page_size"]],
  ],
  [
    "an unknown view in the query",
    "GET",
    `${NONE}/tasks?responseView=NOPE`,
    undefined,
    [
      [
        "Invalid value at 'response_view' (type.googleapis.com/google.cloud.tasks.v2.Task.View), \"NOPE\"",
        "response_view",
      ],
    ],
  ],
  [
    "an unknown view in the body",
    "POST",
    `${NONE}/tasks`,
    { responseView: "NOPE" },
    [
      [
        "Invalid value at 'response_view' (type.googleapis.com/google.cloud.tasks.v2.Task.View), \"NOPE\"",
        "response_view",
      ],
    ],
  ],
  [
    "an array",
    "POST",
    `${NONE}/tasks`,
    [],
    [['Invalid JSON payload received. Unknown name "": Root element must be a message.']],
  ],
  [
    "three errors",
    "POST",
    `${NONE}/tasks`,
    { bogus: 1, task: { name: 5, httpRequest: { bogus: 1 } } },
    [
      ['Invalid JSON payload received. Unknown name "bogus": Cannot find field.'],
      ["Invalid value at 'task.name' (TYPE_STRING), 5", "task.name"],
      [
        "Invalid JSON payload received. Unknown name \"bogus\" at 'task.http_request': Cannot find field.",
        "task.http_request",
      ],
    ],
  ],
  [
    "an unknown field of a queue",
    "PATCH",
    NONE,
    { bogus: 1, rateLimits: { bogus: 1 } },
    [
      ["Invalid JSON payload received. Unknown name \"bogus\" at 'queue': Cannot find field.", "queue"],
      [
        "Invalid JSON payload received. Unknown name \"bogus\" at 'queue.rate_limits': Cannot find field.",
        "queue.rate_limits",
      ],
    ],
  ],
  [
    "a field in a list and in a map",
    "POST",
    `${NONE}/tasks:batchCreate`,
    { requests: [{}, { task: { http_request: { headers: { A: 1 } } } }] },
    [
      [
        "Invalid value at 'requests[1].task.http_request.headers[0].value' (TYPE_STRING), 1",
        "requests[1].task.http_request.headers[0].value",
      ],
    ],
  ],
  [
    "an impossible date",
    "POST",
    `${NONE}/tasks`,
    { task: { scheduleTime: "2026-11-31T00:00:00Z" } },
    [
      [
        "Invalid value at 'task.schedule_time' (type.googleapis.com/google.protobuf.Timestamp), Field 'scheduleTime', Invalid time format: 2026-11-31T00:00:00Z",
        "task.schedule_time",
      ],
    ],
  ],
  [
    "an unknown field of a nested parameter",
    "POST",
    `${NONE}/tasks?task.bogus=1`,
    {},
    [
      [
        "Invalid JSON payload received. Unknown name \"task.bogus\": Cannot bind query parameter. Field 'task.bogus' could not be found in request message.",
      ],
    ],
  ],
  [
    "a parameter for a message",
    "POST",
    `${NONE}/tasks?task=1`,
    {},
    [
      [
        "Invalid JSON payload received. Unknown name \"task\": Cannot bind query parameter. 'task' is a message type. Parameters can only be bound to primitive types.",
      ],
    ],
  ],
  [
    "a nested parameter of a wrong type",
    "POST",
    `${NONE}/tasks?task.httpRequest.httpMethod=NOPE`,
    {},
    [
      [
        "Invalid value at 'task.http_request.http_method' (type.googleapis.com/google.cloud.tasks.v2.HttpMethod), \"NOPE\"",
        "task.http_request.http_method",
      ],
    ],
  ],
  [
    "a list for one value",
    "POST",
    `${NONE}/tasks`,
    { task: { name: [] } },
    [
      [
        "Invalid JSON payload received. Unknown name \"name\" at 'task': Proto field is not repeating, cannot start list.",
        "task",
      ],
    ],
  ],
];

test.each(rejected)("%s is rejected with one violation for each error", async (_, method, path, body, errors) => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${emulator.url}/v2/${path}`, { method, ...init });
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    error: {
      code: 400,
      message: errors.map(([message]) => message).join("\n"),
      status: "INVALID_ARGUMENT",
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: errors.map(([description, field]) => ({ description, ...(field && { field }) })),
        },
      ],
    },
  });
});

test("a body that is not JSON is rejected without details", async () => {
  await using emulator = await createEmulator();
  const response = await fetch(`${emulator.url}/v2/${NONE}/tasks`, { method: "POST", body: "{x" });
  const { error } = (await response.json()) as { error: { message: string; details?: unknown } };
  expect(error.message).toMatch(/^Invalid JSON payload received\. ./);
  expect(error.details).toBeUndefined();
});

test("query parameters set the fields of nested messages, beside those of the body", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const query = new URLSearchParams({
    "task.http_request.url": url,
    "task.httpRequest.httpMethod": "PUT",
    "task.scheduleTime": "2030-01-01T00:00:00Z",
    responseView: "2",
  });
  const body = JSON.stringify({ task: { name: `${QUEUE}/tasks/t`, httpRequest: { body: "aGk=" } } });
  const response = await fetch(`${emulator.url}/v2/${QUEUE}/tasks?${query}`, { method: "POST", body });
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining("too far in the future") } });
  query.delete("task.scheduleTime");
  const created = await fetch(`${emulator.url}/v2/${QUEUE}/tasks?${query}`, { method: "POST", body });
  expect(await created.json()).toMatchObject({
    name: `${QUEUE}/tasks/t`,
    httpRequest: { url, httpMethod: "PUT", body: "aGk=" },
    view: "FULL",
  });
});

test("an update in snake_case with a mask in camelCase changes only the field of the mask", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const body = JSON.stringify({
    rate_limits: { max_dispatches_per_second: 5, max_concurrent_dispatches: 3 },
    state: 2,
  });
  const mask = "updateMask=rateLimits.maxDispatchesPerSecond,state";
  const response = await fetch(`${emulator.url}/v2/${QUEUE}?${mask}&alt=json`, { method: "PATCH", body });
  expect(await response.json()).toMatchObject({
    rateLimits: { maxDispatchesPerSecond: 5, maxBurstSize: 10, maxConcurrentDispatches: 1000 },
    state: "RUNNING",
  });
});

test.each(["", "{}"])("a pause accepts the body %j", async (body) => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const response = await fetch(`${emulator.url}/v2/${QUEUE}:pause`, { method: "POST", body });
  expect(await response.json()).toMatchObject({ state: "PAUSED" });
});

test("an error is indented and ends with a line break too, unless prettyPrint is false", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const error = { code: 404, message: expect.any(String), status: "NOT_FOUND" };
  const indented = await (await fetch(`${emulator.url}/v2/${NONE}`)).text();
  expect(indented).toMatch(/^\{\n {2}"error": \{\n {4}"code": 404,\n[\s\S]*\n {2}\}\n\}\n$/);
  const compact = await (await fetch(`${emulator.url}/v2/${NONE}?prettyPrint=false`)).text();
  expect(compact).toMatch(/^\{"error":\{"code":404,.*\}$/);
  expect(JSON.parse(compact)).toEqual({ error });
});

test("Firebase's calls keep fields that the API does not know", async () => {
  await using emulator = await createEmulator({ queues: { q: { paused: true } } });
  const body = JSON.stringify({ task: { httpRequest: { url, bogus: 1 } }, bogus: 1 });
  expect((await fetch(`${emulator.url}/${QUEUE}/tasks`, { method: "POST", body })).status).toBe(200);
  const config = JSON.stringify({ defaultUri: url, bogus: 1 });
  expect((await fetch(`${emulator.url}/${LOCATION}/queues/fn`, { method: "POST", body: config })).status).toBe(200);
});
