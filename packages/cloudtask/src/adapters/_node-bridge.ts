import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Worker } from "../worker/worker.ts";

/** What whoever read a body before us kept of it, which differs from one framework to the next. */
export interface KeptBody {
  /** What a body parser made of it: a buffer, a string, or parsed JSON. */
  readonly body?: unknown;
  /** The bytes, where the platform keeps them (Functions Framework, NestJS with `rawBody`). */
  readonly rawBody?: unknown;
}

/** A request that a framework may have read before us. */
export interface NodeRequest extends IncomingMessage, KeptBody {
  /** The URL before a router took its mount path off. */
  readonly originalUrl?: string;
}

/** A request and its answer, as Node's HTTP server hands them out, and what else a framework knows of them. */
export interface NodeExchange {
  /** The request; its body unread, or read by a body parser. */
  readonly incoming: NodeRequest;
  /** Where the answer goes. */
  readonly outgoing: ServerResponse;
  /** What was kept of the body. Default: what `incoming` holds. */
  readonly kept?: KeptBody;
  /** Attaches the framework's own objects to the request that the worker gets. */
  readonly attach?: (request: Request) => unknown;
}

/**
 * Serves one request of Node's HTTP server by a worker. It never rejects: what no request can be made of is answered 400,
 * and where something else has begun to answer, or the connection is lost, it leaves it at that.
 *
 * @param worker - the worker
 * @param exchange - the request, and where the answer goes
 */
export async function serveNode(worker: Worker, exchange: NodeExchange): Promise<void> {
  const { outgoing } = exchange;
  const { status, headers, body } = await answerTo(worker, exchange);
  if (outgoing.destroyed || outgoing.headersSent) return;
  outgoing.writeHead(status, { ...headers, "Content-Length": body.length });
  outgoing.end(body);
}

/**
 * Has a worker answer one request, for a framework that sends answers itself.
 *
 * @param worker - the worker
 * @param exchange - the request, and where the answer will go: the delivery aborts when that is closed too early
 * @returns the answer, whole
 */
export async function answerTo(
  worker: Worker,
  exchange: NodeExchange,
): Promise<{ readonly status: number; readonly headers: Record<string, string>; readonly body: Buffer }> {
  const { incoming, outgoing, attach } = exchange;
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort(new Error("the caller closed the connection"));
  });
  const request = toRequest(exchange, gone.signal);
  if (request !== undefined) attach?.(request);
  const response = request === undefined ? new Response(null, { status: 400 }) : await worker.fetch(request);
  const body = Buffer.from(await response.arrayBuffer());
  const headers = Object.fromEntries(response.headers);
  // A request that was refused unread is still being sent: the connection cannot carry another.
  if (!incoming.complete && incoming.httpVersionMajor === 1) headers.connection = "close";
  return { status: response.status, headers, body };
}

/**
 * @returns `undefined` for what Node's parser lets through and a `Request` cannot hold: TRACE, say, or a host with a
 * password in it
 */
function toRequest({ incoming, kept = incoming }: NodeExchange, signal: AbortSignal): Request | undefined {
  const { method = "GET" } = incoming;
  try {
    const url = `http://${hostOf(incoming)}${pathOf(incoming)}`;
    const init = { method, headers: headersOf(incoming), signal };
    if (method === "GET" || method === "HEAD") return new Request(url, init);
    const body = bodyOf(incoming, kept);
    // A body that streams must say so; the DOM's types do not know it. https://fetch.spec.whatwg.org/#dom-requestinit-duplex
    const withBody: RequestInit & { readonly duplex: "half" } = { ...init, body: body ?? "", duplex: "half" };
    const request = new Request(url, withBody);
    // Lost is not empty: a request whose body was used tells the worker so.
    if (body === undefined) void request.text();
    return request;
  } catch {
    return undefined;
  }
}

/**
 * The body, read once, by whoever came first: the stream where nobody touched it, else the bytes or the value that a
 * parser left behind; `undefined` where it left nothing.
 */
function bodyOf(incoming: NodeRequest, { rawBody, body }: KeptBody): BodyInit | undefined {
  // The two types of the web's streams, Node's and the DOM's, do not know each other.
  if (!Readable.isDisturbed(incoming)) return Readable.toWeb(incoming) as unknown as ReadableStream;
  for (const kept of [rawBody, body]) {
    if (typeof kept === "string") return kept;
    if (kept instanceof Uint8Array) return new Uint8Array(kept);
  }
  return body === undefined ? undefined : JSON.stringify(body);
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    // HTTP/2 passes on its pseudo-headers, such as :method.
    if (!name.startsWith(":")) headers.append(name, rawHeaders[index + 1] ?? "");
  }
  return headers;
}

/** The host as the caller named it, where it is one. */
function hostOf({ headers }: IncomingMessage): string {
  const host = headers.host ?? headers[":authority"] ?? "";
  return typeof host === "string" && URL.canParse(`http://${host}`) ? host : "localhost";
}

/** The path and query. `OPTIONS *`, and the absolute form that a proxy is sent, have no path of ours. */
function pathOf({ originalUrl, url = "/" }: NodeRequest): string {
  const path = originalUrl ?? url;
  return path.startsWith("/") ? path : "/";
}
