import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import type { HttpRequest, HttpSender } from "../../src/core/http-sender.ts";
import { createHttpSender as createFetchSender } from "../../src/transport/http-fetch.ts";
import { createHttpSender as createNodeSender } from "../../src/transport/http-node.ts";
import { socketFault } from "../../src/transport/socket-fault.ts";

const twins = [
  { twin: "http-node", create: createNodeSender },
  { twin: "http-fetch", create: createFetchSender },
];
const LIMIT = 16 * 1024 * 1024;

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

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function opened(create: () => HttpSender): HttpSender {
  const sender = create();
  onTestFinished(() => sender.close());
  return sender;
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", url, headers: {}, signal: new AbortController().signal, ...more };
}

test.each(twins)("$twin: method, path, query, headers and body arrive unchanged", async ({ create }) => {
  const url = await serve(async (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    outgoing.end(JSON.stringify({ method, path, headers, body: await bodyOf(incoming) }));
  });
  const body = JSON.stringify({ text: "žluť 🚀" });
  const headers = { "content-type": "application/json", "x-one": "1" };
  const answer = await opened(create).send(get(`${url}/v2/a:run?x=1&y=%20`, { method: "POST", headers, body }));
  const seen = JSON.parse(answer.body);
  expect(seen).toMatchObject({ method: "POST", path: "/v2/a:run?x=1&y=%20", body });
  expect(seen.headers).toMatchObject({ ...headers, "content-length": `${Buffer.byteLength(body)}` });
  expect(seen.headers.host).toBe(new URL(url).host);
  expect(seen.headers["transfer-encoding"]).toBeUndefined();
});

test("on Deno a body is a stream, because Deno does not resend streams", async () => {
  vi.stubGlobal("Deno", {});
  onTestFinished(() => void vi.unstubAllGlobals());
  const url = await serve(async (incoming, outgoing) => {
    outgoing.end(JSON.stringify([incoming.headers["transfer-encoding"], await bodyOf(incoming)]));
  });
  const answer = await opened(createFetchSender).send(get(url, { method: "POST", body: "žluť 🚀" }));
  expect(JSON.parse(answer.body)).toEqual(["chunked", "žluť 🚀"]);
});

test.each(twins)("$twin: a POST without a body has Content-Length 0", async ({ create }) => {
  const url = await serve((incoming, outgoing) => outgoing.end(incoming.headers["content-length"]));
  const answer = await opened(create).send(get(`${url}/v2/q:pause`, { method: "POST" }));
  expect(answer.body).toBe("0");
});

test.each(twins)("$twin: status, headers and a body in chunks are returned completely", async ({ create }) => {
  const bytes = Buffer.from(JSON.stringify({ text: "žluť 🚀".repeat(1000) }));
  const url = await serve((_, outgoing) => {
    outgoing.writeHead(503, { "Retry-After": "7", "X-Mixed-Case": "a" });
    outgoing.write(bytes.subarray(0, 11));
    setImmediate(() => outgoing.end(bytes.subarray(11)));
  });
  const answer = await opened(create).send(get(url));
  expect(answer.status).toBe(503);
  expect(answer.headers).toMatchObject({ "retry-after": "7", "x-mixed-case": "a" });
  expect(answer.body).toBe(bytes.toString());
});

test.each(twins)("$twin: an empty response has an empty body", async ({ create }) => {
  const url = await serve((_, outgoing) => outgoing.writeHead(204).end());
  expect(await opened(create).send(get(url, { method: "DELETE" }))).toMatchObject({ status: 204, body: "" });
});

test.each(twins)("$twin: a repeated header becomes one value", async ({ create }) => {
  const url = await serve((_, outgoing) => outgoing.writeHead(200, { "x-list": ["a", "b"] }).end());
  expect((await opened(create).send(get(url))).headers["x-list"]).toBe("a, b");
});

test.each(twins)("$twin: a redirect is not followed", async ({ create }) => {
  const url = await serve((_, outgoing) => outgoing.writeHead(302, { location: "/elsewhere" }).end());
  expect((await opened(create).send(get(url))).status).toBe(302);
});

test.each(twins)("$twin: the error of a refused connection contains the socket's code", async ({ create }) => {
  const server = createTcpServer();
  const url = await listening(server);
  server.close();
  await once(server, "close");
  const failure = await opened(create)
    .send(get(url))
    .catch((error: unknown) => error);
  expect(socketFault(failure).code).toBe("ECONNREFUSED");
});

test.each(twins)("$twin: an https URL uses TLS", async ({ create }) => {
  const url = await serve((_, outgoing) => outgoing.end("plain"));
  const failure = await opened(create)
    .send(get(url.replace("http:", "https:")))
    .catch((error: unknown) => error);
  expect(socketFault(failure).code).toMatch(/SSL|EPROTO/);
});

const endings = [
  { when: "before it reads the request", die: (socket: Socket) => socket.destroy() },
  { when: "after it read the request", die: (socket: Socket) => socket.once("data", () => socket.resetAndDestroy()) },
  {
    when: "in the middle of the headers",
    die: (socket: Socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-")),
  },
  {
    when: "in the middle of the body",
    die: (socket: Socket) =>
      socket.once("data", () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"name":')),
  },
  {
    when: "after an answer that is not HTTP",
    die: (socket: Socket) => socket.once("data", () => socket.end("SSH-2.0-OpenSSH\r\n")),
  },
];

test.each(twins.flatMap((twin) => endings.map((ending) => ({ ...twin, ...ending }))))(
  "$twin: a request rejects when the server closes the connection $when",
  async ({ create, die }) => {
    const url = await listening(
      createTcpServer((socket) => {
        socket.on("error", () => undefined);
        die(socket);
      }),
    );
    await expect(opened(create).send(get(url, { method: "POST", body: "{}" }))).rejects.toBeInstanceOf(Error);
  },
);

test.each(twins)("$twin: an aborted signal rejects with its reason, and nothing is sent", async ({ create }) => {
  let requests = 0;
  const url = await serve((_, outgoing) => {
    requests += 1;
    outgoing.end();
  });
  const reason = new Error("changed my mind");
  await expect(opened(create).send(get(url, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  expect(requests).toBe(0);
});

const stalls: { phase: string; stall: RequestListener }[] = [
  { phase: "for the response", stall: () => undefined },
  { phase: "for the rest of the body", stall: (_, outgoing) => outgoing.writeHead(200).write("{") },
];

test.each(twins.flatMap((twin) => stalls.map((stall) => ({ ...twin, ...stall }))))(
  "$twin: an abort while waiting $phase rejects with its reason",
  async ({ create, stall }) => {
    const reason = new Error("enough");
    const controller = new AbortController();
    const url = await serve((incoming, outgoing) => {
      stall(incoming, outgoing);
      setImmediate(() => controller.abort(reason));
    });
    await expect(opened(create).send(get(url, { signal: controller.signal }))).rejects.toBe(reason);
  },
);

test.each(twins)("$twin: a response above 16 MiB is rejected", async ({ create }) => {
  const url = await serve((_, outgoing) => outgoing.end(Buffer.alloc(LIMIT + 1, "x")));
  const failure = await opened(create)
    .send(get(url))
    .catch((error: unknown) => error);
  expect(socketFault(failure).code).toBe("ERR_RESPONSE_TOO_LARGE");
});

test.each(twins)("$twin: a response of 16 MiB is accepted", async ({ create }) => {
  const url = await serve((_, outgoing) => outgoing.end(Buffer.alloc(LIMIT, "x")));
  expect((await opened(create).send(get(url))).body).toHaveLength(LIMIT);
});

test("http-node: sequential requests share one connection", async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((incoming, outgoing) => {
    ports.add(incoming.socket.remotePort);
    outgoing.end("{}");
  });
  const sender = opened(createNodeSender);
  for (let count = 0; count < 5; count += 1) await sender.send(get(`${url}/${count}`));
  expect(ports.size).toBe(1);
});

test("http-node: a thousand concurrent requests use at most 128 connections", async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((incoming, outgoing) => {
    ports.add(incoming.socket.remotePort);
    outgoing.end("{}");
  });
  const sender = opened(createNodeSender);
  const answers = await Promise.all(Array.from({ length: 1000 }, () => sender.send(get(url))));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(ports.size).toBeLessThanOrEqual(128);
});

test("http-node: after a broken idle connection, the next request uses a new one", async () => {
  const served = new WeakSet<Socket>();
  const url = await serve(({ socket }, outgoing) => {
    const answer = served.has(socket) ? () => socket.resetAndDestroy() : () => outgoing.end("{}");
    served.add(socket);
    setImmediate(answer);
  });
  const sender = opened(createNodeSender);
  await Promise.all(Array.from({ length: 8 }, () => sender.send(get(url))));
  await expect(sender.send(get(url))).rejects.toMatchObject({ code: "ECONNRESET" });
  expect((await sender.send(get(url))).status).toBe(200);
});

test("http-node: close() closes idle connections, and a request in progress finishes", async () => {
  const sender = createNodeSender();
  const closed: Promise<unknown>[] = [];
  const answers: Record<string, () => Promise<unknown>> = { "/slow": () => sender.close() };
  const url = await serve(async ({ socket, url: path = "" }, outgoing) => {
    closed.push(once(socket, "close"));
    await answers[path]?.();
    outgoing.end("{}");
  });
  await Promise.all([sender.send(get(`${url}/a`)), sender.send(get(`${url}/b`))]);
  expect((await sender.send(get(`${url}/slow`))).status).toBe(200);
  await Promise.all(closed);
});

test("http-node: idle connections do not keep the process alive", async () => {
  const url = await serve((_, outgoing) => outgoing.end("sent"));
  const module = JSON.stringify(new URL("../../src/transport/http-node.ts", import.meta.url).href);
  const script = `import { createHttpSender } from ${module};
    const request = { method: "GET", url: "${url}", headers: {}, signal: new AbortController().signal };
    console.log((await createHttpSender().send(request)).body);`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 });
  expect(stdout).toBe("sent\n");
});
