import net from "node:net";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import fc from "fast-check";
import { expect, test } from "vitest";
import { call, createTask } from "../support/api.ts";

const queue = "projects/local-project/locations/us-central1/queues/default";

interface Failure {
  readonly error: { readonly code: number; readonly status: string; readonly message: string };
}

/** Sends raw bytes and returns everything that is received before the connection closes. */
function exchange(emulator: Emulator, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(emulator.url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => socket.end(bytes));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
}

const bodies: readonly [what: string, body: string | Uint8Array<ArrayBuffer>][] = [
  ["an incomplete object", '{"task":'],
  ["an array", "[]"],
  ["a string", '"task"'],
  ["null", "null"],
  ["not JSON", "task=1"],
  ["not UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d)],
  ["a task that is a number", '{"task":1}'],
  ["a url that is a number", '{"task":{"httpRequest":{"url":1}}}'],
  ["a body that is not base64", '{"task":{"httpRequest":{"url":"http://x/","body":"***"}}}'],
  ["an invalid time", '{"task":{"scheduleTime":"tomorrow"}}'],
  ["an invalid duration", '{"task":{"dispatchDeadline":"1 minute"}}'],
  ["two targets", '{"task":{"httpRequest":{},"appEngineHttpRequest":{}}}'],
  ["an unknown method", '{"task":{"httpRequest":{"url":"http://x/","httpMethod":"GOT"}}}'],
  ["an unknown field", '{"task":{"httpRequest":{"uri":"http://x/"}}}'],
  ["no task", "{}"],
  ["deeply nested", `{"task":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`],
];

test.each(bodies)("a malformed body (%s) is answered INVALID_ARGUMENT", async (_, body) => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const response = await fetch(`${emulator.url}/v2/${queue}/tasks`, { method: "POST", body });
  const { error } = (await response.json()) as Failure;
  expect([response.status, error.code, error.status]).toEqual([400, 400, "INVALID_ARGUMENT"]);
  expect((await createTask(emulator, { delaySeconds: 60 })).status).toBe(200);
});

const paths: readonly [method: string, path: string, status: number, code: string][] = [
  ["POST", `/v2/${queue}/tasks/t:run:run`, 400, "INVALID_ARGUMENT"],
  ["GET", `/v2/${queue}/tasks/%zz`, 400, "INVALID_ARGUMENT"],
  ["GET", `/v2/${queue}/tasks/a%2Fb`, 403, "PERMISSION_DENIED"],
  ["GET", `/v2/${queue}/tasks?pageSize=many`, 400, "INVALID_ARGUMENT"],
  ["GET", `/v2/${queue}/tasks?responseView=SOME`, 400, "INVALID_ARGUMENT"],
  ["GET", `/v2/${queue}/tasks?fields=a(`, 400, "INVALID_ARGUMENT"],
];

test.each(paths)("%s %s is answered %s %s", async (method, path, status, code) => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const response = await fetch(`${emulator.url}${path}`, { method });
  const { error } = (await response.json()) as Failure;
  expect([response.status, error.code, error.status]).toEqual([status, status, code]);
});

const unmapped: readonly [method: string, path: string][] = [
  ["GET", "/index.html"],
  ["GET", "/assets/missing.js"],
  ["GET", "/queues"],
  ["GET", "/v2"],
  ["GET", "/v3/projects/p/locations"],
  ["GET", "/v2/projects"],
  ["GET", "/v2//projects/p/locations"],
  ["POST", `/v2/${queue}:frobnicate`],
  ["GET", "/v2/constructor/x"],
  ["GET", `/v2beta2/${queue}`],
  ["PUT", `/v2/${queue}`],
  ["DELETE", `/v2/${queue}/tasks`],
  ["GET", `/v2/${queue}:pause`],
  ["GET", "/v2/projects/p/locations/l/operations"],
  ["DELETE", "/v2/projects/p/locations/l/operations/o"],
  ["GET", `/v2/${queue}/<script>`],
];

test.each(unmapped)("%s %s is not mapped and answered with a page", async (method, path) => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const response = await fetch(`${emulator.url}${path}`, { method });
  const page = await response.text();
  expect([response.status, response.headers.get("content-type")]).toEqual([404, "text/html; charset=UTF-8"]);
  expect(page).toContain("<title>Error 404 (Not Found)</title>");
  expect(page).not.toContain("<script>");
});

test("a body over 10 MiB is rejected, and the connection is closed instead of drained", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const size = 11 * 1024 * 1024;
  const head = `POST /v2/${queue}/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`;
  const text = await exchange(emulator, Buffer.concat([Buffer.from(head), Buffer.alloc(size - 1, 0x20)]));
  expect(text).toContain("HTTP/1.1 400 Bad Request");
  expect(text).toContain("Request payload size exceeds the limit: 10485760 bytes.");
});

test("the emulator keeps running if a client disconnects in the middle of its body", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  await exchange(
    emulator,
    `POST /v2/${queue}/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"task":`,
  );
  expect((await call(emulator, "GET", queue)).status).toBe(200);
});

test("bytes that are not HTTP are answered, and the emulator keeps running", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
      await exchange(emulator, Buffer.concat([bytes, Buffer.from("\r\n\r\n")]));
    }),
    { numRuns: 40 },
  );
  expect((await call(emulator, "GET", queue)).status).toBe(200);
});

test("any JSON is answered with valid JSON: a task or a client error", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  await call(emulator, "POST", `${queue}:pause`);
  const field = fc.oneof(fc.jsonValue(), fc.webUrl(), fc.dictionary(fc.string(), fc.string()));
  const names = fc.constantFrom(
    "url",
    "httpMethod",
    "headers",
    "body",
    "oidcToken",
    "scheduleTime",
    "name",
    "dispatchDeadline",
  );
  const httpRequest = fc.dictionary(names, field);
  const task = fc.oneof(fc.jsonValue(), fc.record({ httpRequest, name: fc.jsonValue() }), fc.record({ httpRequest }));
  await fc.assert(
    fc.asyncProperty(task, async (value) => {
      const { status, body } = await call(emulator, "POST", `${queue}/tasks`, { task: value });
      expect([200, 400, 409, 501]).toContain(status);
      expect(body.name ?? body.error?.message).toEqual(expect.any(String));
    }),
    { numRuns: 200 },
  );
});

test("enums are numbers if the request asks for them, and names otherwise", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const asked = "%24alt=json%3Benum-encoding%3Dint&alt=json&key=k&fields=state&$.xgafv=2&prettyPrint=true";
  expect((await call(emulator, "GET", `${queue}?${asked}`)).body.state).toBe(1);
  expect((await call(emulator, "GET", queue)).body.state).toBe("RUNNING");
});

test.each(["", "?prettyPrint=true"])(
  "an answer to a request with %j is indented and ends in a newline",
  async (query) => {
    await using emulator = await createEmulator({ queues: ["default"] });
    const text = await (await fetch(`${emulator.url}/v2/${queue}${query}`)).text();
    expect(text).toMatch(/^\{\n {2}"name": "projects\/[^"]+",\n/);
    expect(text).toMatch(/\n\}\n$/);
    const failure = await (await fetch(`${emulator.url}/v2/${queue}x${query}`)).text();
    expect(failure).toMatch(/^\{\n {2}"error": \{\n {4}"code": 404,\n.*\n\}\n$/s);
  },
);

test("prettyPrint=false is compact and has no newline", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const text = await (await fetch(`${emulator.url}/v2/${queue}?prettyPrint=false`)).text();
  expect(text).toBe(JSON.stringify(JSON.parse(text)));
});
