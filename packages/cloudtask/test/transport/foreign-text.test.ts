import { expect, test } from "vitest";
import { type ApiError, CloudTaskClient, createWorker, type RemoteDeliveryError } from "../../src/index.ts";
import { type Answer, apiServer, clientOf } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

const SECRET = "+abcdefgh";
const SIZE = 1024 * 1024;
const UNITS = ["<", "<title", "<title ", "\\", " ", "Bearer ", "&#0", "%", "a"];

/** Answers 400 with a body. */
function reject(body: string): Answer {
  return (outgoing) => outgoing.writeHead(400).end(body);
}

function rpc(error: object): string {
  return JSON.stringify({ error: { code: 400, status: "INVALID_ARGUMENT", ...error } });
}

const bodies = UNITS.flatMap((unit) => {
  const text = unit.repeat(SIZE / unit.length);
  return [
    { name: `${JSON.stringify(unit)} repeated`, body: text },
    { name: `a message of ${JSON.stringify(unit)} repeated`, body: rpc({ message: text }) },
    {
      name: `details of ${JSON.stringify(unit)} repeated`,
      body: rpc({ details: [{ retryDelay: text, [text]: text }] }),
    },
  ];
});

test.each(bodies)("an API that answers 1 MB, $name, blocks a push for less than 2 s", async ({ body }) => {
  const client = clientOf(await apiServer(reject(body)), { secret: SECRET });
  const task = client.task("t", () => undefined);
  const before = performance.now();
  const error = await failureOf<ApiError>(task().push());
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(error).toMatchObject({ code: "API_ERROR", httpStatus: 400 });
  expect(error.message.length).toBeLessThan(2_000);
});

test.each(bodies)("a worker that answers 1 MB, $name, blocks an eager push for less than 2 s", async ({ body }) => {
  const worker = await apiServer(reject(body));
  const client = clientOf(undefined, { url: `http://${worker.host}/`, eager: "remote", secret: SECRET });
  const task = client.task("t", () => undefined);
  const before = performance.now();
  const error = await failureOf<RemoteDeliveryError>(task().push());
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(error).toMatchObject({ code: "REMOTE_DELIVERY_FAILED", httpStatus: 400 });
  expect(error.message.length).toBeLessThan(1_000);
});

test("details that are nested 50,000 deep give an ApiError at once", async () => {
  const api = await apiServer(
    reject(`{"error":{"message":"no","details":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`),
  );
  const error = await failureOf<ApiError>(
    clientOf(api)
      .task("t", () => undefined)()
      .push(),
  );
  expect(error).toMatchObject({ code: "API_ERROR", httpStatus: 400, apiMessage: "no" });
  expect(api.requests).toHaveLength(1);
});

test("100,000 details give an ApiError at once", async () => {
  const details = Array.from({ length: 100_000 }, () => ({ retryDelay: "1s" }));
  const api = await apiServer(reject(rpc({ details })));
  const error = await failureOf<ApiError>(
    clientOf(api)
      .task("t", () => undefined)()
      .push(),
  );
  expect(error).toMatchObject({ code: "API_ERROR", httpStatus: 400, retryAfterMs: 1_000 });
});

test("control characters of an API's answer are escaped in the message", async () => {
  const api = await apiServer(
    reject(rpc({ message: "no\u001b[2J\u009b2J\u0085\nsuch queue" })),
    reject("no\u001b[2J\u009b2J\u0085\nsuch queue"),
  );
  const task = clientOf(api).task("t", () => undefined);
  for (let answer = 0; answer < 2; answer += 1) {
    const { message } = await failureOf(task().push());
    expect(message).toMatch(/no\\u001b\[2J\\u009b2J/);
    expect(message).not.toMatch(/\p{Cc}/u);
  }
});

test("control characters of a worker's answer are escaped in the message", async () => {
  const worker = await apiServer(reject("no\u001b[2J\u009b2J\u0085\nway"));
  const client = clientOf(undefined, { url: `http://${worker.host}/`, eager: "remote" });
  const { message } = await failureOf(
    client
      .task("t", () => undefined)()
      .push(),
  );
  expect(message).toContain("no\\u001b[2J\\u009b2J\\u0085\\u000away");
});

const headers = [
  { name: "CSI and NEL bytes", id: "a\u009b2Jb\u0085c", shown: "a\\u009b2Jb\\u0085c" },
  { name: "12,000 characters", id: "x".repeat(12_000), shown: `${"x".repeat(500)}…` },
];

test.each(headers)("a task name of $name is logged cut and escaped", async ({ id, shown }) => {
  const lines: string[] = [];
  const log = (message: string): unknown => lines.push(message);
  const client = new CloudTaskClient({ url: "https://worker.test/", logger: { warn: log, error: log } });
  client.task("t", () => {
    throw new Error("boom");
  });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const request = new Request("https://worker.test/", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CloudTasks-TaskName": id },
    body: '{"task":"t"}',
  });
  expect((await worker.fetch(request)).status).toBe(500);
  expect(lines.join("\n")).toContain(`(task ${shown}, attempt 1)`);
  expect(lines.join("")).not.toMatch(/\p{Cc}/u);
});

test.each(["soon", "2030-13-45", 17, {}])(
  "a task with the scheduleTime %j in the answer gives an ApiError",
  async (time) => {
    const api = await apiServer((outgoing) =>
      outgoing.end(JSON.stringify({ name: "projects/p/…/1", scheduleTime: time })),
    );
    const error = await failureOf(
      clientOf(api)
        .task("t", () => undefined)()
        .push(),
    );
    expect(error).toMatchObject({ code: "API_ERROR", httpStatus: 200 });
    expect(error.message).toContain("the answer contains the invalid scheduleTime");
    expect(api.requests).toHaveLength(1);
  },
);
