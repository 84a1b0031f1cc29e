import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** An answer of the API that the proxy forwards. */
export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A call that reached the proxy. */
export interface ProxiedCall {
  readonly method: string;
  /** Forwards the call to the API, and returns the answer. */
  act(): Promise<ProxiedAnswer>;
  /** Answers the call, and keeps the connection open. */
  answer(answer: ProxiedAnswer): void;
  /** Writes these bytes instead of an answer, and closes the connection. */
  write(bytes: string): void;
  /** Resets the connection. */
  reset(): void;
  /** Resolves when the connection is closed. */
  gone(): Promise<unknown>;
}

/** A treatment of a call: answer it, break the connection, or wait. */
export type Play = (call: ProxiedCall) => unknown;

/** An HTTP server in front of the API. Every call can fail in its own way, at an exact point. */
export interface FaultProxy extends AsyncDisposable {
  /** `host:port`; the same after `stop()` and `start()`. */
  readonly host: string;
  /** Chooses the treatment of a call by its number, from 1, when it arrives. Default: `pass`. */
  plan: (number: number, method: string) => Play;
  /** The methods of all calls so far. */
  readonly calls: readonly string[];
  /** The open connections. */
  readonly connections: ReadonlySet<Socket>;
  /** Resolves when the treatment of all calls has ended. */
  settled(): Promise<unknown>;
  /** The number of connections accepted so far. */
  readonly accepted: () => number;
  /** Stops listening until `start()`. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Forwards the call and its answer. */
export const pass: Play = async (call) => call.answer(await call.act());

/**
 * Starts a proxy. Declare it with `await using`.
 *
 * @param api - `host:port` of the API
 * @param keepAliveMs - milliseconds until it closes an idle connection. Default 5,000.
 */
export async function startFaultProxy(api: string, keepAliveMs = 5_000): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const calls: string[] = [];
  const connections = new Set<Socket>();
  const plays = new Set<Promise<unknown>>();
  let [port, accepted] = [0, 0];
  const server = createServer(async (incoming, outgoing) => {
    const method = incoming.method ?? "";
    // Node would add a second to its own keep-alive timeout.
    outgoing.once("finish", () => incoming.socket.setTimeout(keepAliveMs));
    const play = proxy.plan(calls.push(method), method);
    const body = Buffer.concat(await incoming.toArray().catch(() => []));
    const call = callOf(incoming, outgoing, () => forward(api, agent, incoming, body));
    // If the API closes the connection, the proxy does too.
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
