import { expect, test } from "vitest";
import { ApiError } from "../core/errors/api-error.ts";
import { redactor } from "../core/redact.ts";
import { apiFailure, describeUnreadable, type RejectedCall } from "./api-failure.ts";

const queue = "projects/my-project/locations/europe-west1/queues/default";
const nowMs = Date.parse("2026-01-01T00:00:00Z");
const create: RejectedCall = {
  action: `create a task in ${queue}`,
  method: "POST",
  path: `${queue}/tasks`,
  emulator: false,
  nowMs,
  redact: redactor(["t0psecret"]),
};

function answer(status: number, body: string, headers: Record<string, string> = {}) {
  return { status, headers, body };
}

function rpc(code: number, status: string, message: string, details?: unknown): string {
  return JSON.stringify({ error: { code, status, message, details } });
}

test("the error contains all fields of a google.rpc.Status", () => {
  const details = [{ "@type": "type.googleapis.com/google.rpc.Help", links: [] }];
  const error = apiFailure(answer(400, rpc(400, "INVALID_ARGUMENT", "Task size too large", details)), create);
  expect(error).toMatchObject({
    name: "ApiError",
    code: "API_ERROR",
    status: "INVALID_ARGUMENT",
    httpStatus: 400,
    apiMessage: "Task size too large",
    details,
    retryAfterMs: undefined,
  });
  expect(error.message).toBe(`Could not create a task in ${queue}: 400 INVALID_ARGUMENT: Task size too large.`);
});

test.each([
  { name: "an empty body", status: 503, body: "", expected: { status: "UNAVAILABLE", apiMessage: "" } },
  {
    name: "a proxy's page",
    status: 502,
    body: "<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>",
    expected: { status: "UNAVAILABLE", apiMessage: "502 Bad Gateway" },
  },
  {
    name: "a page without a title",
    status: 500,
    body: "<html><body><h1>Oops</h1>\n\n<p>later</p>",
    expected: { status: "UNKNOWN", apiMessage: "Oops later" },
  },
  {
    name: "plain text",
    status: 408,
    body: "too slow\n",
    expected: { status: "DEADLINE_EXCEEDED", apiMessage: "too slow" },
  },
  { name: "long text", status: 400, body: "x".repeat(5_000), expected: { apiMessage: "x".repeat(200) } },
  { name: "cut off JSON", status: 404, body: '{"error":{"co', expected: { status: "UNKNOWN", apiMessage: "" } },
  { name: "null", status: 500, body: "null", expected: { status: "UNKNOWN", apiMessage: "null" } },
  {
    name: "another JSON",
    status: 409,
    body: '{"message":"no"}',
    expected: { status: "ABORTED", apiMessage: "" },
  },
  { name: "an error that is a string", status: 403, body: '{"error":"x"}', expected: { status: "PERMISSION_DENIED" } },
  {
    name: "fields of the wrong type",
    status: 429,
    body: '{"error":{"status":"NONSENSE","message":7,"details":{}}}',
    expected: { status: "RESOURCE_EXHAUSTED", apiMessage: "", details: [] },
  },
  {
    name: "a status in an array",
    status: 409,
    body: `[${rpc(409, "ABORTED", "lost the race")}]`,
    expected: { status: "ABORTED", apiMessage: "lost the race" },
  },
])("the error of $name has the HTTP status", ({ status, body, expected }) => {
  const error = apiFailure(answer(status, body), create);
  expect(error).toMatchObject({ httpStatus: status, ...expected });
  expect(error.message).toMatch(new RegExp(`^Could not create a task in ${queue}: ${status} `));
});

test.each([
  { body: '{"headers":{"authorization":"Bearer ya29.token"},"body":"s3cret-key"}' },
  { body: "you sent Authorization: Bearer ya29.token to the wrong place" },
  { body: "<p>Authorization: bearer ya29.token</p>" },
])("an answer that repeats the request reveals no secret: $body", ({ body }) => {
  const error = apiFailure(answer(400, body), create);
  expect(`${error.message} ${error.apiMessage}`).not.toMatch(/ya29|s3cret-key/);
});

test("secrets are removed from message and details, and the retry delay is kept", () => {
  const echo = '{"headers":{"X-CloudTask-Secret":"t0psecret"}}';
  const details = [{ echo, retryDelay: "3.5s" }, "t0psecret"];
  const error = apiFailure(answer(429, rpc(429, "RESOURCE_EXHAUSTED", `rejected: ${echo}`, details)), create);
  expect(error).toMatchObject({
    apiMessage: 'rejected: {"headers":{"X-CloudTask-Secret":"[secret]"}}',
    details: [{ echo: echo.replace("t0psecret", "[secret]") }, "[secret]"],
    retryAfterMs: 3_500,
  });
  expect(error.message).not.toContain("t0psecret");
});

test.each([300, 195, 191])(
  "an excerpt of 200 characters contains no part of a secret that begins after %i",
  (before) => {
    const { apiMessage } = apiFailure(answer(502, `${"x".repeat(before)}t0psecret`), create);
    expect(apiMessage).toBe(`${"x".repeat(before)}[secret]`.slice(0, 200));
  },
);

test("the error of an unreadable success contains no secret", () => {
  const response = answer(200, "you sent t0psecret", { "content-type": "t0psecret/plain" });
  const { message, answer: fields } = describeUnreadable(response, { ...create, baseUrl: "https://example.com" });
  expect(`${message} ${fields.apiMessage}`).not.toContain("t0psecret");
});

const retryInfo = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "3.5s" };

test.each([
  { header: "120", details: [], expected: 120_000 },
  { header: "0", details: [], expected: 0 },
  { header: "Thu, 01 Jan 2026 00:00:30 GMT", details: [], expected: 30_000 },
  { header: "Wed, 31 Dec 2025 00:00:00 GMT", details: [], expected: 0 },
  { header: "soon", details: [], expected: undefined },
  { header: "-5", details: [retryInfo], expected: 3_500 },
  { header: "2", details: [retryInfo], expected: 3_500 },
  { header: "9", details: [null, "x", { retryDelay: "forever" }, retryInfo], expected: 9_000 },
])("Retry-After: $header with details $details gives $expected ms", ({ header, details, expected }) => {
  const response = answer(429, rpc(429, "RESOURCE_EXHAUSTED", "slow down", details), { "retry-after": header });
  expect(apiFailure(response, create).retryAfterMs).toBe(expected);
});

const disabled = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "SERVICE_DISABLED" }];
const task = `${queue}/tasks/123`;

test.each([
  { call: create, status: 401, details: [], remedy: /gcloud auth application-default login/ },
  { call: create, status: 403, details: [], remedy: /roles\/cloudtasks\.enqueuer .*roles\/iam\.serviceAccountUser/ },
  {
    call: create,
    status: 403,
    details: disabled,
    remedy: /gcloud services enable cloudtasks\S+ --project=my-project$/,
  },
  {
    call: create,
    status: 404,
    details: [],
    remedy: / gcloud tasks queues create default --location=europe-west1 --project=my-project$/,
  },
  {
    call: { ...create, emulator: true },
    status: 404,
    details: [],
    remedy: /--queue \S+\/queues\/default, .*--auto-create-queues/,
  },
  { call: create, status: 429, details: [], remedy: /quota.*less concurrency/ },
  { call: { ...create, method: "GET", path: task }, status: 429, details: [], remedy: /quota.*read less often/ },
  {
    call: { ...create, method: "DELETE", path: task },
    status: 403,
    details: [],
    remedy: /roles\/cloudtasks\.taskDeleter/,
  },
  {
    call: { ...create, path: `${queue}/tasks:batchCreate` },
    status: 403,
    details: [],
    remedy: /roles\/cloudtasks\.enqueuer/,
  },
  {
    call: { ...create, path: `${queue}/tasks:batchDelete` },
    status: 403,
    details: [],
    remedy: /roles\/cloudtasks\.taskDeleter/,
  },
  { call: { ...create, path: `${task}:run` }, status: 403, details: [], remedy: /roles\/cloudtasks\.taskRunner/ },
  { call: { ...create, method: "GET", path: task }, status: 403, details: [], remedy: /roles\/cloudtasks\.viewer/ },
  { call: { ...create, path: `${queue}:pause` }, status: 403, details: [], remedy: /roles\/cloudtasks\.queueAdmin/ },
  { call: { ...create, method: "GET", path: task }, status: 404, details: [], remedy: /no longer exists\.$/ },
  { call: create, status: 400, details: [], remedy: /no longer exists\.$/ },
])("the error of $call.method $call.path answered $status suggests a remedy", ({ call, status, details, remedy }) => {
  const rpcStatus = { 404: "NOT_FOUND" }[status];
  const body = JSON.stringify({ error: { status: rpcStatus, message: "The task no longer exists.", details } });
  expect(apiFailure(answer(status, body), call).message).toMatch(remedy);
});

test.each([
  { body: "", shown: "(no content type, 0 characters)." },
  { body: "<title>Sign in to Wi-Fi</title>", shown: "31 characters): Sign in to Wi-Fi." },
  { body: '{"name":"projects/p/lo', shown: "22 characters)." },
])("a success with the body $body gives an error that describes the body", ({ body, shown }) => {
  const failure = describeUnreadable(answer(200, body), { ...create, baseUrl: "https://example.com" });
  const error = new ApiError(failure.message, failure.answer);
  expect(error).toMatchObject({ code: "API_ERROR", status: "UNKNOWN", httpStatus: 200 });
  expect(error.message).toContain(`https://example.com answered 200 with a body that is not JSON`);
  expect(error.message).toContain(shown);
});

const missingQueue = JSON.stringify({ error: { status: "NOT_FOUND", message: "Queue does not exist." } });

test.each([
  [
    "projects/local/locations/l/queues/default",
    / the project my-project and the location europe-west1; the emulator has projects\/local\/locations\/l\/queues\/default\. /,
  ],
  [
    "projects/my-project/locations/europe-west1/queues/mail, projects/my-project/locations/europe-west1/queues/slow",
    / The emulator has these queues: mail, slow\. Use one of them, or start it with this queue, npx /,
  ],
  ["", / The emulator has no queues\. Start it with this queue, npx @cloudtask\/cli emulator --queue \S+default, /],
])("an emulator's answer with the queues %j says which it has", (queues, hint) => {
  const response = answer(404, missingQueue, { "cloudtask-queues": queues });
  const error = apiFailure(response, { ...create, emulator: true });
  expect(error.message).toMatch(hint);
  expect(error.apiMessage).toBe("Queue does not exist.");
});
