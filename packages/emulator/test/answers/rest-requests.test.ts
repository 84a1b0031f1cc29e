import { gzipSync } from "node:zlib";
import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { LOCATION, NONE, QUEUE } from "./support/fixture.ts";

const url = "http://127.0.0.1:9/";

/** A fault of a request: its message, and the field that it names. */
type Fault = readonly [message: string, field?: string];

/** Requests to a queue that does not exist: they are rejected before anything else is checked. */
const rejected: readonly (readonly [
  what: string,
  method: string,
  path: string,
  body: unknown,
  faults: readonly Fault[],
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
    "three faults",
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

test.each(rejected)("%s is rejected with one violation for each fault", async (_, method, path, body, faults) => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${emulator.url}/v2/${path}`, { method, ...init });
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    error: {
      code: 400,
      message: faults.map(([message]) => message).join("\n"),
      status: "INVALID_ARGUMENT",
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: faults.map(([description, field]) => ({ description, ...(field && { field }) })),
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

/** An emulator whose clock stands still, with a paused queue. */
function still(): Promise<Emulator> {
  return createEmulator({ queues: [{ name: "q", paused: true }], clock: new ManualClock("2030-01-01T00:00:00Z") });
}

const task = {
  name: `${QUEUE}/tasks/t`,
  httpRequest: {
    url: "https://a.googleapis.com/",
    body: "aGk=",
    oauthToken: { serviceAccountEmail: "a@b", scope: "s" },
  },
  scheduleTime: "2030-01-02T00:00:00.123456Z",
};

test("the keys of a task are in the order of the proto's field numbers, and the text is indented", async () => {
  await using emulator = await still();
  const body = JSON.stringify({ responseView: "FULL", task });
  const response = await fetch(`${emulator.url}/v2/${QUEUE}/tasks`, { method: "POST", body });
  expect(await response.text()).toBe(`{
  "name": "${QUEUE}/tasks/t",
  "httpRequest": {
    "url": "https://a.googleapis.com/",
    "httpMethod": "POST",
    "headers": {
      "User-Agent": "Google-Cloud-Tasks"
    },
    "body": "aGk=",
    "oauthToken": {
      "serviceAccountEmail": "a@b",
      "scope": "s"
    }
  },
  "scheduleTime": "2030-01-02T00:00:00.123456Z",
  "createTime": "2030-01-01T00:00:00Z",
  "dispatchDeadline": "600s",
  "view": "FULL"
}
`);
});

test("the keys of a queue are in the order of the proto's field numbers", async () => {
  await using emulator = await still();
  await fetch(`${emulator.url}/v2/${QUEUE}:purge`, { method: "POST" });
  const queue = { httpTarget: {}, stackdriverLoggingConfig: { samplingRatio: 0.5 } };
  const init = { method: "PATCH", body: JSON.stringify(queue) };
  const text = await (await fetch(`${emulator.url}/v2/${QUEUE}?prettyPrint=false`, init)).text();
  expect(text).toMatch(
    /"state":"PAUSED","purgeTime":"[^"]+","stackdriverLoggingConfig":\{"samplingRatio":0\.5\},"httpTarget":\{\}\}$/,
  );
});

test("an empty message is an empty object and a newline", async () => {
  await using emulator = await still();
  expect(await (await fetch(`${emulator.url}/v2/${QUEUE}/tasks`)).text()).toBe("{}\n");
  const deleted = await fetch(`${emulator.url}/v2/${QUEUE}`, { method: "DELETE" });
  expect(await deleted.text()).toBe("{}\n");
});

test.each(["%24alt=json%3Benum-encoding%3Dint", "$alt=json;enum-encoding=int"])(
  "%s makes enums numbers",
  async (query) => {
    await using emulator = await still();
    const response = await fetch(`${emulator.url}/v2/${QUEUE}?${query}`);
    expect(await response.json()).toMatchObject({ state: 2 });
  },
);

test.each([
  ["gzip", 200],
  ["x-gzip", 200],
  ["identity", 200],
  ["br", 415],
])("a body with Content-Encoding %s is answered %s", async (encoding, status) => {
  await using emulator = await still();
  const text = JSON.stringify({ responseView: "FULL", task });
  const body = encoding.endsWith("gzip") ? gzipSync(text) : text;
  const init = { method: "POST", headers: { "Content-Encoding": encoding }, body };
  expect((await fetch(`${emulator.url}/v2/${QUEUE}/tasks`, init)).status).toBe(status);
});

test("the limit of a body counts after decompression, and broken gzip is rejected", async () => {
  await using emulator = await still();
  const headers = { "Content-Encoding": "gzip" };
  for (const [body, message] of [
    [gzipSync(Buffer.alloc(11 * 1024 * 1024)), "Request payload size exceeds the limit: 10485760 bytes."],
    [Buffer.from("no gzip"), "The body is not valid gzip"],
  ] as const) {
    const response = await fetch(`${emulator.url}/v2/${QUEUE}/tasks`, { method: "POST", headers, body });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  }
});

test("a compressed body of tasks:buffer is stored decompressed, and an empty id is generated", async () => {
  await using emulator = await still();
  const target = { httpTarget: { uriOverride: { host: "example.com" } } };
  await fetch(`${emulator.url}/v2/${QUEUE}`, { method: "PATCH", body: JSON.stringify(target) });
  const init = { method: "POST", headers: { "Content-Encoding": "gzip" }, body: gzipSync("hello") };
  const response = await fetch(`${emulator.url}/v2/${QUEUE}/tasks/:buffer`, init);
  const answer = (await response.json()) as { task: { name: string } };
  expect(answer.task.name).toMatch(/\/tasks\/\d+$/);
  const full = await fetch(`${emulator.url}/v2/${answer.task.name}?responseView=FULL`);
  expect(await full.json()).toMatchObject({ httpRequest: { body: Buffer.from("hello").toString("base64") } });
});

test("X-HTTP-Method-Override selects the method, and a form is the query of a GET", async () => {
  await using emulator = await still();
  const override = (method: string, init: RequestInit): Promise<Response> =>
    fetch(`${emulator.url}/v2/${QUEUE}`, {
      ...init,
      method: "POST",
      headers: { "X-HTTP-Method-Override": method, ...init.headers },
    });
  const patched = await override("PATCH", { body: JSON.stringify({ retryConfig: { maxAttempts: 7 } }) });
  expect(await patched.json()).toMatchObject({ retryConfig: { maxAttempts: 7 } });
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const found = await override("GET", { headers, body: "fields=retryConfig%2FmaxAttempts" });
  expect(await found.json()).toEqual({ retryConfig: { maxAttempts: 7 } });
  expect((await override("DELETE", {})).status).toBe(200);
  expect((await fetch(`${emulator.url}/v2/${QUEUE}`)).status).toBe(404);
});

test("Firebase's calls keep fields that the API does not know", async () => {
  await using emulator = await still();
  const body = JSON.stringify({ task: { httpRequest: { url, bogus: 1 } }, bogus: 1 });
  expect((await fetch(`${emulator.url}/${QUEUE}/tasks`, { method: "POST", body })).status).toBe(200);
  const config = JSON.stringify({ defaultUri: url, bogus: 1 });
  expect((await fetch(`${emulator.url}/${LOCATION}/queues/fn`, { method: "POST", body: config })).status).toBe(200);
});
