import { afterEach, expect, test } from "vitest";
import { addQueue, addTask, engineBench, request } from "../../test/support/engine.ts";
import { answer, hang, startTarget } from "../../test/support/target.ts";
import { setQueueSettings } from "../engine/change-queue.ts";
import { dispatchDue } from "../engine/dispatch-due.ts";
import type { AttemptResult } from "../engine/finish-attempt.ts";
import type { HttpTaskRequest } from "../engine/records.ts";
import type { ReceivedResponse, SentRequest } from "./exchange.ts";
import { HttpSender, type SenderOptions } from "./http-sender.ts";

const bench = engineBench();
const queue = addQueue(bench);
const mint = async (authorization: { kind: string }, url: string): Promise<string> => `${authorization.kind} ${url}`;
const options: SenderOptions = {
  now: () => bench.clock.now(),
  mint,
  rewriteHosts: {},
  appEngine: undefined,
  secureContext: undefined,
  allowUnverifiedTls: false,
};
const sender = new HttpSender(options);

afterEach(() => sender.close());

interface Exchange {
  readonly result: AttemptResult;
  readonly requests: readonly SentRequest[];
  readonly responses: readonly ReceivedResponse[];
}

/** Creates a task and sends the request of its first attempt. */
async function send(
  overrides: Partial<HttpTaskRequest>,
  { bodyBytes = 4, signal = new AbortController().signal, via = sender } = {},
): Promise<Exchange> {
  addTask(bench, queue, `t${queue.tasks.size}`);
  const requests: SentRequest[] = [];
  const responses: ReceivedResponse[] = [];
  const observer = {
    signal,
    bodyBytes,
    onRequest: (sent: SentRequest): number => requests.push(sent),
    onResponse: (received: ReceivedResponse): number => responses.push(received),
  };
  const results = dispatchDue(bench.engine).map((attempt) => via.send(attempt, { ...request, ...overrides }, observer));
  const [result = { kind: "timed out" }] = await Promise.all(results);
  return { result, requests, responses };
}

test("the observer gets the request exactly as sent, including the token", async () => {
  await using target = await startTarget(200);
  const authorization = { kind: "oidc", serviceAccountEmail: "a@example.com", audience: "" } as const;
  const url = `${target.url}?a=%20b`;
  const { requests } = await send({ url, headers: { "X-Mixed": "1" }, body: Buffer.from("hi"), authorization });
  const [sent] = requests;
  const [received] = target.received;
  expect(sent).toMatchObject({ method: "POST", url, body: Buffer.from("hi") });
  expect(sent?.headers.map(([name]) => name)).toEqual(received?.headerNames);
  expect(sent?.headers.map(([, value]) => value)).toEqual(
    received?.headerNames.map((name) => received.headers[name.toLowerCase()]),
  );
  expect(received?.headers.authorization).toBe(`Bearer oidc ${url}`);
});

test("the observer gets the status, the headers, the first bytes of the body and its size", async () => {
  await using target = await startTarget((response) => response.writeHead(207, { "X-Mixed": "1" }).end("answered"));
  const { result, responses } = await send({ url: target.url });
  expect(result).toEqual({ kind: "answered", status: 207, notBefore: undefined });
  expect(responses).toMatchObject([{ status: 207, size: 8 }]);
  expect(responses[0]?.headers).toContainEqual(["X-Mixed", "1"]);
  expect(String(responses[0]?.body)).toBe("answ");
});

test("an endless answer is cut off after its first bytes", async () => {
  const endless = Buffer.alloc(3 * 1024 * 1024, "a");
  await using target = await startTarget((response) => void response.writeHead(200).write(endless));
  const { responses } = await send({ url: target.url }, { bodyBytes: 0 });
  expect(responses).toMatchObject([{ status: 200, body: Buffer.alloc(0) }]);
  expect(responses[0]?.size).toBeGreaterThan(1024 * 1024);
});

test("an aborted request counts as unreachable and has no response", async () => {
  await using target = await startTarget(hang);
  const controller = new AbortController();
  void target.count(1).then(() => controller.abort());
  const { result, requests, responses } = await send({ url: target.url }, { signal: controller.signal });
  expect(result).toMatchObject({ kind: "unreachable", reason: expect.stringContaining("aborted") });
  expect([requests.length, responses.length]).toEqual([1, 0]);
});

test("a task without a URL sends no request", async () => {
  const { result, requests } = await send({ url: "" });
  expect(result).toMatchObject({ kind: "unreachable", reason: expect.stringContaining("no URL") });
  expect(requests).toEqual([]);
});

test("a header that cannot be sent is left out", async () => {
  await using target = await startTarget(200);
  const { result } = await send({ url: target.url, headers: { "X/Slash": "1", "X-Bad": "a\nb", "X-Good": "1" } });
  expect(result).toMatchObject({ kind: "answered", status: 200 });
  expect(target.received[0]?.headers).toMatchObject({ "x-good": "1" });
  expect(target.received[0]?.headers).not.toHaveProperty("x-bad");
});

test("Retry-After is read in any case", async () => {
  await using target = await startTarget(answer(429, { "retry-AFTER": "7" }));
  const { result } = await send({ url: target.url });
  expect(result).toEqual({ kind: "answered", status: 429, notBefore: bench.clock.now() + 7_000 });
});

test("a 101 answer counts as an answer", async () => {
  await using target = await startTarget((response) => {
    response.writeHead(101, { Connection: "Upgrade", Upgrade: "other" }).end();
  });
  const { result, responses } = await send({ url: target.url });
  expect(result).toMatchObject({ kind: "answered", status: 101 });
  expect(responses).toMatchObject([{ status: 101, size: 0 }]);
});

test("rewriteHosts changes only the connection: the Host header and the audience stay those of the task's URL", async () => {
  await using target = await startTarget(200);
  const { port } = new URL(target.url);
  const rewriting = new HttpSender({ ...options, rewriteHosts: { "api.example.com": `127.0.0.1:${port}` } });
  const authorization = { kind: "oidc", serviceAccountEmail: "a@example.com", audience: "" } as const;
  const { requests } = await send({ url: "http://api.example.com/run", authorization }, { via: rewriting });
  rewriting.close();
  expect(target.received[0]?.headers).toMatchObject({
    host: "api.example.com",
    authorization: "Bearer oidc http://api.example.com/run",
  });
  expect(requests[0]?.url).toBe("http://api.example.com/run");
});

test("port 0 is rejected instead of the default port being used", async () => {
  const { result } = await send({ url: "http://127.0.0.1:0/run" });
  expect(result).toEqual({ kind: "unreachable", reason: expect.stringContaining("the URL has port 0") });
});

test("a queue's http_target applies at once to waiting tasks", async () => {
  await using target = await startTarget(200);
  const { hostname, port } = new URL(target.url);
  const uri = {
    scheme: "HTTP",
    host: hostname,
    port: Number(port),
    path: "/new",
    query: undefined,
    mode: "ALWAYS",
  } as const;
  const httpTarget = { uri, method: "PUT", headers: [["X-Queue", "1"]] as const, authorization: undefined };
  setQueueSettings(bench.engine, queue, { ...queue.record.settings, httpTarget });
  await send({ url: "https://old.example.com/old?kept=1", body: Buffer.from("hi") });
  expect(target.received).toMatchObject([
    { method: "PUT", path: "/new?kept=1", body: "hi", headers: { "x-queue": "1" } },
  ]);
});
