import type { ConnectionOptions } from "node:tls";
import type { HttpRequest, HttpSender } from "../../core/http-sender.ts";
import { net } from "../builtins-node.ts";
import type { SocketSource } from "./connection-node.ts";
import { ConnectionPool } from "./connection-pool-node.ts";
import { requestHead } from "./request-head.ts";

/** The parsed URL of requests, with the head of the last one. */
interface Target {
  readonly pool: ConnectionPool;
  readonly host: string;
  readonly path: string;
  head?: { readonly of: Pick<HttpRequest, "method" | "headers">; readonly text: string };
}

const MAX_TARGETS = 256;

/**
 * Creates a sender over sockets, which speaks HTTP/1.1 itself. A request over `node:http` takes three times the CPU.
 */
export function createSocketSender(): HttpSender {
  const pools = new Map<string, ConnectionPool>();
  const targets = new Map<string, Target>();
  let isClosed = false;

  function poolOf(url: URL, source: SocketSource): ConnectionPool {
    const known = pools.get(url.origin);
    if (known !== undefined) return known;
    const pool = new ConnectionPool(source);
    if (isClosed) pool.close();
    pools.set(url.origin, pool);
    return pool;
  }

  async function resolve(href: string): Promise<Target> {
    const url = new URL(href);
    const source = url.protocol === "https:" ? await secureSource(url) : plainSource(url);
    const target = { pool: poolOf(url, source), host: url.host, path: url.pathname + url.search };
    // Creates use a few addresses, but each get and delete has its own. The cache must not grow without limit.
    if (targets.size >= MAX_TARGETS) targets.clear();
    targets.set(href, target);
    return target;
  }

  return {
    send(request) {
      const target = targets.get(request.url);
      if (target !== undefined) return target.pool.exchange(request, encoded(target, request));
      return resolve(request.url).then((resolved) => resolved.pool.exchange(request, encoded(resolved, request)));
    },
    async close() {
      isClosed = true;
      for (const pool of pools.values()) pool.close();
    },
  };
}

function plainSource(url: URL): SocketSource {
  const address = { host: hostnameOf(url), port: Number(url.port || 80) };
  return { open: (onread) => net.connect({ ...address, onread }), readyEvent: "connect" };
}

async function secureSource(url: URL): Promise<SocketSource> {
  const { default: tls } = await import("node:tls");
  const host = hostnameOf(url);
  const address: ConnectionOptions = {
    host,
    port: Number(url.port || 443),
    // No name is sent for an address. RFC 6066, section 3.
    servername: net.isIP(host) === 0 ? host : "",
    ALPNProtocols: ["http/1.1"],
  };
  // With the session of an earlier connection, a handshake takes less time and CPU.
  let session: Buffer | undefined;
  return {
    open(onread) {
      const options = { ...address, session, onread };
      const socket = tls.connect(options);
      socket.on("session", (next) => {
        session = next;
      });
      socket.once("close", (hadError) => {
        if (hadError) session = undefined;
      });
      return socket;
    },
    readyEvent: "secureConnect",
  };
}

function hostnameOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function encoded(target: Target, request: HttpRequest): string | Buffer {
  const { method, body = "" } = request;
  const hasLength = method !== "GET" || body !== "";
  const length = Buffer.byteLength(body);
  const head = `${headOf(target, request)}${hasLength ? `content-length: ${length}\r\n` : ""}Connection: keep-alive\r\n\r\n`;
  // Text with a byte per character needs no buffer.
  if (length === body.length) return head + body;
  const bytes = Buffer.allocUnsafe(head.length + length);
  bytes.write(head, 0, "latin1");
  bytes.write(body, head.length, "utf8");
  return bytes;
}

/** Creates differ in their bodies, and usually in nothing else. */
function headOf(target: Target, { method, headers }: HttpRequest): string {
  const { host, path, head } = target;
  if (head !== undefined && head.of.headers === headers && head.of.method === method) return head.text;
  const text = requestHead({ method, path, host, headers });
  target.head = { of: { method, headers }, text };
  return text;
}
