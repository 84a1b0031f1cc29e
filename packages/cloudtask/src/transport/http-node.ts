import type { Agent as HttpAgent, IncomingMessage, RequestOptions } from "node:http";
import { Agent, request as requestHttp } from "node:http";
import type { HttpRequest, HttpResponse, HttpSender } from "../core/http-sender.ts";

type Protocol = { readonly request: typeof requestHttp; readonly agent: HttpAgent };
type Target = { readonly host: string; readonly where: RequestOptions; readonly protocol: Protocol };

const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;
const MAX_TARGETS = 256;

// Most recently used first: the socket in use is the one least likely to have been closed by the other side, and those
// that a burst opened fall idle and go. The timeout also makes the agent obey a server's shorter `Keep-Alive: timeout=`.
const AGENT = { keepAlive: true, maxSockets: 128, maxFreeSockets: 128, scheduling: "lifo", timeout: 60_000 } as const;

/**
 * Sends over `node:http` and `node:https`, with a pool of kept connections of its own, which while idle do not keep the
 * process alive. Its twin for other runtimes is `http-fetch.ts`.
 *
 * A request that dies on a kept connection is not sent again here, although Node documents that as the usual remedy for
 * `req.reusedSocket`: the peer may have acted before the connection broke, and a create sent twice without the caller
 * knowing would make ALREADY_EXISTS unreadable. The retry layer does it, and counts. What is done here is to drop all
 * idle connections, since where one had died unnoticed the others likely have too, so that the repeat gets a fresh one.
 *
 * @returns a sender; `close()` it when done
 *
 * @example
 * ```ts
 * const sender = createHttpSender();
 * const { status } = await sender.send({ method: "GET", url, headers: {}, signal: AbortSignal.timeout(1000) });
 * ```
 */
export function createHttpSender(): HttpSender {
  const agents: HttpAgent[] = [];
  const targets = new Map<string, Target>();
  let http: Protocol | undefined;
  let https: Promise<Protocol> | undefined;

  function keep(agent: HttpAgent): HttpAgent {
    agents.push(agent);
    return agent;
  }

  // TLS costs several milliseconds to load, which a process that only talks to an emulator does not have to pay.
  async function loadHttps(): Promise<Protocol> {
    const tls = await import("node:https");
    return { request: tls.request, agent: keep(new tls.Agent(AGENT)) };
  }

  async function resolve(address: string): Promise<Target> {
    const url = new URL(address);
    const secure = url.protocol === "https:";
    if (secure) https ??= loadHttps();
    else http ??= { request: requestHttp, agent: keep(new Agent(AGENT)) };
    const protocol = (secure ? await https : http) as Protocol;
    const where = {
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port || (secure ? 443 : 80),
      path: url.pathname + url.search,
      agent: protocol.agent,
    };
    const target = { host: url.host, where, protocol };
    // Creates go to a handful of addresses; gets and deletes to ever new ones, which must not pile up.
    if (targets.size >= MAX_TARGETS) targets.clear();
    targets.set(address, target);
    return target;
  }

  return {
    async send(request) {
      return exchange(targets.get(request.url) ?? (await resolve(request.url)), request);
    },
    async close() {
      for (const agent of agents) {
        agent.maxFreeSockets = 0;
        dropIdle(agent);
      }
    },
  };
}

function exchange({ host, where, protocol }: Target, request: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { signal, method } = request;
    signal.throwIfAborted();
    const outgoing = protocol.request({ ...where, method, headers: headerList(host, request) });
    function settle(): void {
      signal.removeEventListener("abort", abort);
    }
    function fail(reason: unknown): void {
      settle();
      if (outgoing.reusedSocket) dropIdle(protocol.agent);
      reject(reason);
      outgoing.destroy();
    }
    function abort(): void {
      fail(signal.reason);
    }
    signal.addEventListener("abort", abort);
    outgoing.on("error", fail);
    outgoing.on("response", (incoming) => {
      read(incoming, fail, (response) => {
        settle();
        resolve(response);
      });
    });
    outgoing.end(request.body);
  });
}

// A flat list is written out as it is, which spares Node the checks and the copy of setHeader() for each of them. It
// also means that Node adds neither Host nor Content-Length.
function headerList(host: string, { headers, body, method }: HttpRequest): string[] {
  const list = ["host", host];
  for (const name in headers) list.push(name, headers[name] ?? "");
  if (method !== "GET" || body) list.push("content-length", String(Buffer.byteLength(body ?? "")));
  return list;
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

function dropIdle(agent: HttpAgent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of [...(sockets ?? [])]) socket.destroy();
  }
}

function tooLarge(): Error {
  const error = new Error(`the answer is larger than ${MAX_RESPONSE_BYTES} bytes`);
  return Object.assign(error, { code: "ERR_RESPONSE_TOO_LARGE" });
}
