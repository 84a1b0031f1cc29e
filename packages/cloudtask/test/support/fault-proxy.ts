import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** An answer as it is sent on. */
export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One call that reached the proxy, and what can be done with it. */
export interface ProxiedCall {
  readonly method: string;
  /** Lets the API act on it. */
  act(): Promise<ProxiedAnswer>;
  /** Answers, and keeps the connection. */
  answer(answer: ProxiedAnswer): void;
  /** Writes these very bytes in place of an answer, and closes the connection. */
  write(bytes: string): void;
  /** Resets the connection. */
  reset(): void;
  /** Resolves when the connection is closed. */
  gone(): Promise<unknown>;
}

/** What happens to a call. */
export type Play = (call: ProxiedCall) => unknown;

/** An HTTP server in front of the API, in which every call can go wrong in its own way, at an exact point. */
export interface FaultProxy extends AsyncDisposable {
  /** `host:port`; the same after `stop()` and `start()`. */
  readonly host: string;
  /** What is done with each call, asked as it arrives, with its number, from 1. Default: it passes. */
  plan: (number: number, method: string) => Play;
  /** The methods of all calls so far. */
  readonly calls: readonly string[];
  /** The connections that are open. */
  readonly connections: ReadonlySet<Socket>;
  /** Resolves when nothing is done with any call any more. */
  settled(): Promise<unknown>;
  /** How many connections have been accepted so far. */
  readonly accepted: () => number;
  /** Refuses connections until `start()`. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** The call is carried out, and answered. */
export const pass: Play = async (call) => call.answer(await call.act());

/**
 * @param api - `host:port` of what is behind it
 * @param keepAliveMs - how long it keeps an idle connection, to the millisecond; default 5 s
 * @returns the proxy, listening; declare it with `await using`
 */
export async function startFaultProxy(api: string, keepAliveMs = 5_000): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const calls: string[] = [];
  const connections = new Set<Socket>();
  const plays = new Set<Promise<unknown>>();
  let [port, accepted] = [0, 0];
  const server = createServer(async (incoming, outgoing) => {
    const method = incoming.method ?? "";
    // Node's own limit has a second added.
    outgoing.once("finish", () => incoming.socket.setTimeout(keepAliveMs));
    const play = proxy.plan(calls.push(method), method);
    const body = Buffer.concat(await incoming.toArray().catch(() => []));
    const call = callOf(incoming, outgoing, () => forward(api, agent, incoming, body));
    // Where the API hangs up, so does the proxy.
    const playing = (async () => play(call))().catch(() => call.reset());
    plays.add(playing);
    await playing;
    plays.delete(playing);
  });
  server.on("connection", (socket: Socket) => {
    accepted++;
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  const proxy: FaultProxy = {
    plan: () => pass,
    calls,
    connections,
    settled: () => Promise.all(plays),
    accepted: () => accepted,
    get host() {
      return `127.0.0.1:${port}`;
    },
    async start() {
      await once(server.listen(port, "127.0.0.1"), "listening");
      port = (server.address() as AddressInfo).port;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
    async [Symbol.asyncDispose]() {
      if (server.listening) await proxy.stop();
      agent.destroy();
    },
  };
  await proxy.start();
  return proxy;
}

function callOf(
  { method = "", socket }: IncomingMessage,
  outgoing: ServerResponse,
  act: () => Promise<ProxiedAnswer>,
): ProxiedCall {
  return {
    method,
    act,
    answer({ status, headers, body }) {
      outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
      outgoing.end(body);
    },
    write(bytes) {
      socket.end(bytes);
    },
    reset() {
      socket.resetAndDestroy();
    },
    gone: async () => socket.destroyed || once(socket, "close"),
  };
}

function forward(api: string, agent: Agent, incoming: IncomingMessage, body: Buffer): Promise<ProxiedAnswer> {
  const { method, url, headers } = incoming;
  return new Promise((resolve, reject) => {
    const outgoing = request(`http://${api}${url}`, { method, agent, headers: { ...headers, host: api } });
    outgoing.on("error", reject);
    outgoing.on("response", async (answer) => {
      const text = Buffer.concat(await answer.toArray()).toString();
      const type = answer.headers["content-type"] ?? "";
      resolve({ status: answer.statusCode ?? 0, headers: { "content-type": type }, body: text });
    });
    outgoing.end(body);
  });
}
