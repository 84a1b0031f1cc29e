import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Worker } from "../worker/worker.ts";
import { bodyStream, discardRest, isStream } from "./_body-stream.ts";

/** What whoever read a body before us kept of it, which differs from one framework to the next. */
export interface KeptBody {
  /** What a body parser made of it: a buffer, a string, parsed JSON, or a stream that is read in its place. */
  readonly body?: unknown;
  /** The bytes, where the platform keeps them (Functions Framework, NestJS with `rawBody`). */
  readonly rawBody?: unknown;
}

/** A request that a framework may have read before us. Some packages declare `body` and `rawBody` for all of Node. */
type NodeRequest = Omit<IncomingMessage, keyof KeptBody> &
  KeptBody & {
    /** The URL before a router took its mount path off. */
    readonly originalUrl?: string;
  };

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
  const untouched = isUntouched(exchange);
  const request = toRequest(exchange, callerOf(outgoing));
  if (request !== undefined) attach?.(request);
  const response = request === undefined ? new Response(null, { status: 400 }) : await worker.fetch(request);
  const body = Buffer.from(await response.arrayBuffer());
  if (untouched && isLeftOver(incoming)) discardRest(incoming);
  return { status: response.status, headers: Object.fromEntries(response.headers), body };
}

/** Aborts when the caller is gone before it was answered, which it may be by the time that the worker's turn comes. */
function callerOf(outgoing: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const leave = (): void => {
    if (!outgoing.writableEnded) gone.abort(new Error("the caller closed the connection"));
  };
  if (outgoing.destroyed) leave();
  else outgoing.once("close", leave);
  return gone.signal;
}

/** HTTP/2 itself stops a caller whose body nobody began to read. */
function isLeftOver(incoming: NodeRequest): boolean {
  return !incoming.readableEnded && (incoming.httpVersionMajor === 1 || Readable.isDisturbed(incoming));
}

/**
 * @returns `undefined` for what Node's parser lets through and a `Request` cannot hold: TRACE, say, or a host with a
 * password in it
 */
function toRequest({ incoming, kept = incoming }: NodeExchange, signal: AbortSignal): Request | undefined {
  const { method = "GET" } = incoming;
  try {
    const url = originOf(incoming) + pathOf(incoming);
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
  if (isStream(body)) return bodyStream(body);
  if (isUntouched({ incoming })) return bodyStream(incoming);
  for (const kept of [rawBody, body]) {
    if (typeof kept === "string") return kept;
    if (kept instanceof Uint8Array) return streamOf(kept);
  }
  return body === undefined ? undefined : JSON.stringify(body);
}

/** An empty body that was read is not disturbed. */
function isUntouched({ incoming, kept }: Pick<NodeExchange, "incoming" | "kept">): boolean {
  return !isStream(kept?.body) && !Readable.isDisturbed(incoming) && !incoming.readableEnded;
}

/** As a stream, since a `Request` would copy bytes. */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

/**
 * The raw ones, in which whoever sends a header twice is found out: of two tokens, say, Node keeps the first, and what stands
 * before the worker may have checked the second. What imitates a request may have no raw ones.
 */
function headersOf({ rawHeaders = [], headers: parsed }: NodeRequest): Headers {
  const headers = new Headers();
  const raw =
    rawHeaders.length > 0 ? rawHeaders : Object.entries(parsed).flatMap(([name, value]) => [name, String(value)]);
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? "";
    // HTTP/2 passes on its pseudo-headers, such as :method.
    if (!name.startsWith(":")) headers.append(name, raw[index + 1] ?? "");
  }
  return headers;
}

/** The scheme, and the host as the caller named it, where it is one: it must not say anything of the path. */
function originOf({ headers, socket }: NodeRequest): string {
  const scheme = socket && "encrypted" in socket ? "https" : "http";
  const host = String(headers.host ?? headers[":authority"] ?? "");
  return `${scheme}://${!/[/\\?#@]/.test(host) && URL.canParse(`http://${host}`) ? host : "localhost"}`;
}

/** The path and query, also of the absolute form that proxies are sent (RFC 9112 §3.2.2). `OPTIONS *` has none. */
function pathOf({ originalUrl, url = "/" }: NodeRequest): string {
  const target = originalUrl ?? url;
  if (target.startsWith("/")) return target;
  if (!URL.canParse(target)) return "/";
  const { pathname, search } = new URL(target);
  return pathname + search;
}
