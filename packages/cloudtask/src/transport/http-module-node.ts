import type http from "node:http";
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { HttpRequest, HttpResponse, HttpSender, HttpSenderOptions } from "../core/http-sender.ts";
import { MAX_CONNECTIONS } from "./connection-slots.ts";

/**
 * `node:http` or `node:https`. Its functions are looked up at each call, because tools that intercept requests (msw, nock, tracers)
 * replace them at any time.
 */
type Module = Pick<typeof http, "request" | "Agent" | "globalAgent">;
type Protocol = { readonly module: Module; readonly agent: Agent; readonly ownsAgent: boolean };
type Target = { readonly host: string; readonly address: RequestOptions; readonly protocol: Protocol };

const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;
const MAX_TARGETS = 256;
const LONG_BODY = 16 * 1024;

// "lifo" reuses the most recent socket, which the other side is least likely to have closed, and lets the extra sockets of a
// burst become idle and close. The timeout also makes the agent obey a server's shorter `Keep-Alive: timeout=`.
const AGENT = {
  keepAlive: true,
  maxSockets: MAX_CONNECTIONS,
  maxFreeSockets: MAX_CONNECTIONS,
  scheduling: "lifo",
  timeout: 60_000,
} as const;

/**
 * Creates a sender over `node:http` and `node:https`, with its own pool of persistent connections. See `http-node.ts` for the
 * reasons to use it.
 *
 * @param http - `node:http`
 */
export function createModuleSender(http: Module, { agent, proxy = false }: HttpSenderOptions = {}): HttpSender {
  const agents: Agent[] = [];
  const targets = new Map<string, Target>();
  let plain: Protocol | undefined;
  let secured: Promise<Protocol> | undefined;

  function protocolOf(module: Module): Protocol {
    if (agent !== undefined) return { module, agent: agent as Agent, ownsAgent: false };
    const own = new module.Agent({ ...AGENT, ...(proxy && proxyOf(module)) });
    agents.push(own);
    return { module, agent: own, ownsAgent: true };
  }

  // Loading TLS takes several milliseconds, and a process that only calls an emulator does not need it.
  async function loadHttps(): Promise<Protocol> {
    return protocolOf((await import("node:https")).default);
  }

  async function resolve(href: string): Promise<Target> {
    const url = new URL(href);
    const secure = url.protocol === "https:";
    if (secure) secured ??= loadHttps();
    else plain ??= protocolOf(http);
    const protocol = (secure ? await secured : plain) as Protocol;
    const address = {
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port || (secure ? 443 : 80),
      path: url.pathname + url.search,
      agent: protocol.agent,
    };
    const target = { host: url.host, address, protocol };
    // Creates use a few addresses, but each get and delete has its own. The cache must not grow without limit.
    if (targets.size >= MAX_TARGETS) targets.clear();
    targets.set(href, target);
    return target;
  }

  return {
    async send(request) {
      return exchange(targets.get(request.url) ?? (await resolve(request.url)), request);
    },
    async close() {
      for (const agent of agents) {
        agent.maxFreeSockets = 0;
        closeIdle(agent);
      }
    },
  };
}

function exchange({ host, address, protocol }: Target, request: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { signal, method } = request;
    signal.throwIfAborted();
    const body = encodedBody(request);
    const outgoing = protocol.module.request({ ...address, method, headers: headerList(host, request, body) });
    function settle(): void {
      signal.removeEventListener("abort", abort);
    }
    function fail(reason: unknown): void {
      settle();
      if (outgoing.reusedSocket && protocol.ownsAgent) closeIdle(protocol.agent);
      reject(reason);
      outgoing.destroy();
    }
    function abort(): void {
      fail(signal.reason);
    }
    signal.addEventListener("abort", abort);
    if (request.onConnection) notifyOfConnection(outgoing, request.onConnection);
    outgoing.on("error", fail);
    function succeed(response: HttpResponse): void {
      settle();
      resolve(response);
    }
    outgoing.on("response", (incoming) => read(incoming, fail, succeed));
    // After 101 the connection speaks another protocol, and no answer follows.
    function endWithoutBody({ statusCode }: { readonly statusCode?: number | undefined }): void {
      if (statusCode !== 101) return;
      succeed({ status: statusCode, headers: {}, body: "" });
      outgoing.destroy();
    }
    outgoing.on("information", endWithoutBody);
    outgoing.on("upgrade", endWithoutBody);
    outgoing.end(body);
  });
}

function notifyOfConnection(outgoing: ClientRequest, notify: () => void): void {
  outgoing.on("socket", (socket) => {
    if (socket.connecting) socket.once("connect", notify);
    else notify();
  });
}

// Node writes a flat list without the checks and the copies of setHeader(). It then adds neither Host nor Content-Length.
function headerList(host: string, { headers, method }: HttpRequest, body: string | Buffer = ""): string[] {
  const list = ["host", host];
  for (const name in headers) list.push(name, headers[name] ?? "");
  if (method !== "GET" || body) list.push("content-length", String(Buffer.byteLength(body)));
  return list;
}

/** Node writes a short text together with the head. A long one it would copy for that. */
function encodedBody({ body }: HttpRequest): string | Buffer | undefined {
  return body !== undefined && body.length > LONG_BODY ? Buffer.from(body) : body;
}

function read(
  incoming: IncomingMessage,
  fail: (reason: unknown) => void,
  done: (response: HttpResponse) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on("error", fail);
  incoming.on("data", (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > MAX_RESPONSE_BYTES) fail(tooLarge());
  });
  incoming.on("end", () => {
    const body = (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)).toString();
    done({ status: incoming.statusCode ?? 0, headers: singleValues(incoming), body });
  });
}

function singleValues({ headers }: IncomingMessage): Record<string, string> {
  const { "set-cookie": cookies, ...single } = headers;
  const values = single as Record<string, string>;
  return cookies ? { ...values, "set-cookie": cookies.join(", ") } : values;
}

/** Returns the option of Node's own agent, from Node 24.5: the environment variables of its proxy. */
function proxyOf({ globalAgent }: Module): object {
  // Not in Node's types yet.
  const { options } = globalAgent as { readonly options?: { readonly proxyEnv?: object } };
  return options?.proxyEnv === undefined ? {} : { proxyEnv: options.proxyEnv };
}

function closeIdle(agent: Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of [...(sockets ?? [])]) socket.destroy();
  }
}

function tooLarge(): Error {
  const error = new Error(`the response is larger than ${MAX_RESPONSE_BYTES} bytes`);
  return Object.assign(error, { code: "ERR_RESPONSE_TOO_LARGE" });
}
