import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { createHttpSender as createFetchSender } from "./http-fetch.ts";
import { createHttpSender as createNodeSender } from "./http-node.ts";
import { createRestTransport, type RestTransportOptions } from "./rest-transport.ts";
import type { Credential } from "./send-once.ts";
import type { ApiCall, Transport } from "./transport.ts";
import type { RetryRuntime } from "./with-retry.ts";

const twins = [
  { twin: "http-node", create: createNodeSender },
  { twin: "http-fetch", create: createFetchSender },
];
const queue = "projects/p/locations/l/queues/q";
const create: ApiCall = { method: "POST", path: `${queue}/tasks`, body: "{}", action: `create a task in ${queue}` };

type Answer = (outgoing: ServerResponse, incoming: IncomingMessage) => unknown;

async function listening(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serve(listener: RequestListener): Promise<string> {
  return listening(createServer(listener));
}

/** Starts a server that gives these answers in order, and then repeats the last one. */
function script(...answers: readonly Answer[]): Promise<string> {
  let count = 0;
  return serve((incoming, outgoing) => {
    const answer = answers[Math.min(count, answers.length - 1)];
    count += 1;
    incoming.resume().on("end", () => answer?.(outgoing, incoming));
  });
}

const ok: Answer = (outgoing) => outgoing.end('{"name":"t"}');
const silence: Answer = () => undefined;
const hangUp: Answer = (_, { socket }) => socket.resetAndDestroy();
function status(code: number, body = "", headers: Record<string, string> = {}): Answer {
  return (outgoing) => outgoing.writeHead(code, headers).end(body);
}

/** The real clock, but no waiting and no randomness. */
function quick(waits: number[] = []): RetryRuntime {
  return { now: () => performance.now(), random: () => 1, sleep: async (ms) => void waits.push(ms) };
}

function transportTo(baseUrl: string, more: Partial<RestTransportOptions> = {}): Transport {
  const transport = createRestTransport({ baseUrl, sender: createNodeSender(), runtime: quick(), ...more });
  onTestFinished(() => transport.close());
  return transport;
}

function failureOf(promise: Promise<unknown>): Promise<CloudTaskError> {
  return promise.then(
    () => expect.unreachable("the call should have failed"),
    (error: CloudTaskError) => error,
  );
}

function issuing(...tokens: string[]) {
  const invalidated: Credential[] = [];
  const credentials = {
    get: (): Credential => ({ token: tokens[invalidated.length] ?? "" }),
    invalidate: (credential: Credential): void => void invalidated.push(credential),
  };
  return { credentials, invalidated };
}

test.each(twins)("$twin: a call uses REST v2, a bearer token and the library's user agent", async (twin) => {
  const url = await serve(({ method, url: path, headers }, outgoing) => {
    outgoing.end(JSON.stringify({ method, path, headers }));
  });
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const credentials = { get: async () => ({ token: "abc", quotaProject: "billed" }), invalidate: () => undefined };
  const transport = transportTo(`${url}/`, { sender: twin.create(), credentials });
  expect(await transport.call(create)).toMatchObject({
    attempts: 1,
    body: {
      method: "POST",
      path: `/v2/${queue}/tasks`,
      headers: {
        authorization: "Bearer abc",
        "content-type": "application/json",
        "user-agent": `cloudtask/${version}`,
        "x-goog-user-project": "billed",
      },
    },
  });
});

test("a call without credentials has no authorization header", async () => {
  const url = await serve(({ headers }, outgoing) => outgoing.end(JSON.stringify(headers)));
  const { body } = await transportTo(url).call(create);
  expect(body).not.toHaveProperty("authorization");
  expect(body).not.toHaveProperty("x-goog-user-project");
});

test.each(
  twins.flatMap((twin) => [
    { ...twin, trouble: "a reset connection", answer: hangUp, timeoutMs: 10_000 },
    { ...twin, trouble: "no answer in time", answer: silence, timeoutMs: 500 },
    { ...twin, trouble: "HTTP 429", answer: status(429, "", { "retry-after": "1" }), timeoutMs: 10_000 },
    {
      ...twin,
      trouble: "a proxy's 502",
      answer: status(502, "<html><title>502 Bad Gateway</title></html>"),
      timeoutMs: 10_000,
    },
    { ...twin, trouble: "HTTP 503", answer: status(503), timeoutMs: 10_000 },
  ]),
)("$twin: the call is retried after $trouble", async ({ create: sender, answer, timeoutMs }) => {
  const url = await script(answer, answer, ok);
  const notified: string[] = [];
  const transport = transportTo(url, { sender: sender(), timeoutMs });
  const result = await transport.call({ ...create, onRetry: ({ name }) => notified.push(name) });
  expect(result).toEqual({ body: { name: "t" }, attempts: 3 });
  expect(notified).toHaveLength(2);
});

test.each(twins)("$twin: a call is retried if the server closed idle connections", async (twin) => {
  const served = new WeakSet<Socket>();
  const url = await serve(({ socket }, outgoing) => {
    const answer = served.has(socket) ? () => socket.resetAndDestroy() : () => outgoing.end("{}");
    served.add(socket);
    setImmediate(answer);
  });
  const transport = transportTo(url, { sender: twin.create() });
  await Promise.all(Array.from({ length: 20 }, () => transport.call(create)));
  await expect(transport.call(create)).resolves.toMatchObject({ body: {} });
});

test("a call with once is not retried", async () => {
  const notified: string[] = [];
  const call: ApiCall = { ...create, once: true, onRetry: ({ name }) => notified.push(name) };
  const failure = await failureOf(transportTo(await script(status(503), ok)).call(call));
  expect(failure).toMatchObject({ httpStatus: 503 });
  expect(notified).toEqual([]);
});

test("a retry waits for Retry-After", async () => {
  const waits: number[] = [];
  const url = await script(status(429, "", { "retry-after": "3" }), ok);
  await transportTo(url, { runtime: quick(waits) }).call(create);
  expect(waits).toEqual([3_000]);
});

test("a rejected call throws an ApiError with the action and the remedy", async () => {
  const body = JSON.stringify({ error: { code: 404, message: "Queue does not exist.", status: "NOT_FOUND" } });
  const failure = await failureOf(transportTo(await script(status(404, body))).call(create));
  expect(failure).toMatchObject({ name: "ApiError", status: "NOT_FOUND" });
  expect(failure.message).toBe(
    `Could not create a task in ${queue}: 404 NOT_FOUND: Queue does not exist. Create it with: gcloud tasks queues create q --location=l --project=p`,
  );
});

test.each(twins)("$twin: requests that take too long throw a TimeoutError with their number", async (twin) => {
  let time = 0;
  function now(): number {
    time += 40;
    return time;
  }
  const runtime = { ...quick(), now, random: () => 0 };
  const more = { sender: twin.create(), timeoutMs: 20, retry: { totalTimeout: 150 }, runtime };
  const failure = await failureOf(transportTo(await script(silence), more).call(create));
  expect(failure).toMatchObject({ name: "TimeoutError", code: "TIMEOUT", timeoutMs: 20 });
  expect(failure.message).toMatch(
    /^Could not create a task in \S+: no answer from http\S+ within 20ms\. .* \(2 attempts/,
  );
});

test("a refused connection to an emulator throws a NetworkError that explains how to start it", async () => {
  const server = createTcpServer();
  const url = await listening(server);
  server.close();
  await once(server, "close");
  const failure = await failureOf(transportTo(url, { emulator: true, retry: { totalTimeout: 0 } }).call(create));
  expect(failure).toMatchObject({ name: "NetworkError", cause: { code: "ECONNREFUSED" } });
  expect(failure.message).toContain(`no answer from ${url} (ECONNREFUSED). Is the emulator running at ${url}?`);
  expect(failure.message).toContain('"npx @cloudtask/cli emulator"');
});

test.each([
  { body: "<html><title>Sign in</title></html>", method: "POST" },
  { body: '{"name":"projects/', method: "POST" },
  { body: "", method: "GET" },
] as const)(
  "a $method answered with success and the body $body is not retried and throws an ApiError",
  async ({ body, method }) => {
    let calls = 0;
    const url = await script((outgoing) => {
      calls += 1;
      outgoing.end(body);
    });
    const failure = await failureOf(transportTo(url).call({ ...create, method, body: undefined }));
    expect(failure.message).toContain("with a body that is not JSON");
    expect(calls).toBe(1);
  },
);

test("a DELETE with an empty answer succeeds", async () => {
  const transport = transportTo(await script(status(200)));
  expect(await transport.call({ ...create, method: "DELETE" })).toEqual({ body: {}, attempts: 1 });
});

test("a rejected token is invalidated, and the call is retried with the next token", async () => {
  const url = await serve(({ headers }, outgoing) => {
    outgoing.writeHead(headers.authorization === "Bearer new" ? 200 : 401).end("{}");
  });
  const { credentials, invalidated } = issuing("old", "new");
  expect(await transportTo(url, { credentials }).call(create)).toEqual({ body: {}, attempts: 2 });
  expect(invalidated).toEqual([{ token: "old" }]);
});

test("a call fails after two rejected tokens, and its message contains no token", async () => {
  const { credentials, invalidated } = issuing("s3cret-1", "s3cret-2", "s3cret-3");
  const failure = await failureOf(transportTo(await script(status(401)), { credentials }).call(create));
  expect(failure).toMatchObject({ name: "ApiError", httpStatus: 401 });
  expect(failure.message).not.toContain("s3cret");
  expect(invalidated).toHaveLength(2);
});

test("an error of the token source becomes the cause of a CredentialsError", async () => {
  const reason = new Error("vault sealed, tried with s3cret");
  const credentials = { get: () => Promise.reject(reason), invalidate: () => undefined };
  const failure = await failureOf(transportTo(await script(ok), { credentials }).call(create));
  expect(failure).toMatchObject({ name: "CredentialsError", cause: reason });
  expect(failure.message).not.toContain("s3cret");
});

test("a token source that never answers does not delay a call beyond its timeout", async () => {
  const credentials = { get: () => new Promise<Credential>(() => undefined), invalidate: () => undefined };
  const transport = transportTo(await script(ok), { credentials, timeoutMs: 30, retry: { totalTimeout: 0 } });
  const failure = await failureOf(transport.call(create));
  // Nothing was sent, so the error must not suggest that the request may have been carried out, or that the API is down.
  expect(failure).toMatchObject({ name: "CredentialsError", code: "CREDENTIALS_UNAVAILABLE" });
  expect(failure.message).toMatch(/: no access token, because the token source returned none in time\.$/);
});

test.each(twins)("$twin: a signal aborts a request in progress, and its reason is the cause", async (twin) => {
  const controller = new AbortController();
  const reason = new Error("the user left");
  const url = await script(() => controller.abort(reason));
  const transport = transportTo(url, { sender: twin.create() });
  const failure = await failureOf(transport.call({ ...create, signal: controller.signal }));
  expect(failure).toMatchObject({ code: "ABORTED", cause: reason });
});

test("a signal aborts a call that waits for its retry", async () => {
  const controller = new AbortController();
  const runtime = { ...quick(), sleep: async () => controller.abort("enough") };
  const transport = transportTo(await script(status(503)), { runtime });
  const failure = await failureOf(transport.call({ ...create, signal: controller.signal }));
  expect(failure).toMatchObject({ code: "ABORTED", cause: "enough" });
});

test("a call with an aborted signal sends nothing", async () => {
  const transport = transportTo("http://127.0.0.1:1");
  const failure = await failureOf(transport.call({ ...create, signal: AbortSignal.abort("no") }));
  expect(failure).toMatchObject({ code: "ABORTED", cause: "no" });
});

test("a call after close() is rejected", async () => {
  const transport = transportTo(await script(ok));
  await transport.close();
  expect(await failureOf(transport.call(create))).toMatchObject({ code: "CLIENT_CLOSED" });
});

test("invalid retry options are rejected at once", () => {
  const retry = { minDelay: "9s", maxDelay: "1s" } as const;
  expect(() => createRestTransport({ baseUrl: "http://x", sender: createNodeSender(), retry })).toThrow(TypeError);
});
