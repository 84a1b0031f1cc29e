import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { toAbortSignal } from "../core/abort-signal.ts";
import { Abort, type AbortSource } from "../core/abort-source.ts";
import { hasCode } from "../core/errors/has-code.ts";
import { strictJson } from "../payload/strict-json.ts";
import type {
  BodyReader,
  HeaderReader,
  IncomingBody,
  IncomingRequest,
  WorkerAnswer,
} from "../worker/incoming-request.ts";
import { markBodyLost, serveOf, type Worker } from "../worker/worker.ts";
import { bodyReader, bytesOf, discardRest, isStream } from "./_body-stream.ts";

/** The body of a request that a framework has already read. Frameworks keep different parts of it. */
export interface KeptBody {
  /** The result of a body parser: a buffer, a string, parsed JSON, or a stream to read instead of the request. */
  readonly body?: unknown;
  /** The bytes, on platforms that keep them (Functions Framework, NestJS with `rawBody`). */
  readonly rawBody?: unknown;
}

/** A request whose body may have been read. `Omit` because some packages declare `body` and `rawBody` for all of Node. */
type NodeRequest = Omit<IncomingMessage, keyof KeptBody> &
  KeptBody & {
    /** The URL before a router removed its mount path. */
    readonly originalUrl?: string;
  };

/** A request and its response in Node's HTTP server, with the framework's view of them. */
export interface NodeExchange {
  /** The request. Its body may be unread, or read by a body parser. */
  readonly incoming: NodeRequest;
  readonly outgoing: ServerResponse;
  /** The body, if it was already read. Default: the properties of `incoming`. */
  readonly kept?: KeptBody;
  /** Attaches the framework's own objects to the request that the worker receives. */
  readonly attach?: (request: Request) => unknown;
}

/**
 * Serves one request of Node's HTTP server with a worker. It never rejects. If other code has already begun a response, or the
 * connection is lost, nothing is sent.
 */
export async function serveNode(worker: Worker, exchange: NodeExchange): Promise<void> {
  const { outgoing } = exchange;
  const { status, headers, text } = await answerTo(worker, exchange);
  if (outgoing.destroyed || outgoing.headersSent) return;
  outgoing.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(text) });
  // Node sends a text together with the head, and bytes separately.
  outgoing.end(text);
}

/**
 * Returns a worker's answer to one request, for frameworks that send responses themselves. The delivery aborts if `outgoing` closes before
 * it has ended.
 */
export async function answerTo(worker: Worker, exchange: NodeExchange): Promise<WorkerAnswer> {
  const { incoming, outgoing, attach } = exchange;
  const untouched = isUntouched(exchange);
  const signal = disconnection(outgoing);
  const serve = serveOf(worker);
  const { body, problem } = bodyOrProblem(exchange);
  const received = new BridgedRequest(incoming, body ?? "", signal);
  const request = serve === undefined ? toRequest(received) : received;
  if (problem !== undefined) markBodyLost(request, problem);
  attach?.(request as Request);
  const answer = serve === undefined ? await fetched(worker, request as Request) : await serve(request);
  if (untouched && hasUnreadRest(incoming)) discardRest(incoming);
  return answer;
}

async function fetched(worker: Worker, request: Request): Promise<WorkerAnswer> {
  const response = await worker.fetch(request);
  return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
}

/** Aborts when the caller disconnects before the response. That may have happened before the worker was called. */
function disconnection(outgoing: ServerResponse): Abort {
  const disconnected = new Abort();
  const onClose = (): void => {
    if (!outgoing.writableEnded) disconnected.abort(new Error("the caller closed the connection"));
  };
  if (outgoing.destroyed) onClose();
  else outgoing.on("close", onClose);
  return disconnected;
}

/** HTTP/2 itself stops a caller if its body is not read. */
function hasUnreadRest(incoming: NodeRequest): boolean {
  return !incoming.readableEnded && (incoming.httpVersionMajor === 1 || Readable.isDisturbed(incoming));
}

/** The methods that a `Request` cannot have: https://fetch.spec.whatwg.org/#forbidden-method */
const FORBIDDEN_METHOD = /^(?:CONNECT|TRACE|TRACK)$/i;

/**
 * A request as the worker reads it. A class, because V8 creates a hidden class for each object literal with a getter, and keeps it
 * and everything that the getter refers to until the next full garbage collection.
 */
class BridgedRequest implements IncomingRequest {
  readonly method: string;
  readonly headers: NodeHeaders;
  readonly signal: AbortSource;
  readonly bodyUsed = false;
  readonly body: IncomingBody;
  readonly #incoming: NodeRequest;

  constructor(incoming: NodeRequest, body: Body, signal: AbortSource) {
    this.method = incoming.method ?? "GET";
    this.headers = new NodeHeaders(incoming);
    this.signal = signal;
    this.body = isStream(body) ? body : bytesOf(body);
    this.#incoming = incoming;
  }

  get url(): string {
    return originOf(this.#incoming) + pathOf(this.#incoming);
  }
}

/** The body as a reader, for a `Request`. */
function readerOf(body: IncomingBody): BodyReader {
  if (isStream(body)) return bodyReader(body);
  const chunks = [body as Uint8Array];
  return {
    async read() {
      const value = chunks.shift();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
    async cancel() {
      chunks.length = 0;
    },
  };
}

function toRequest({ method, url, headers, signal, body }: IncomingRequest): Request {
  const init = { headers: [...headers], signal: toAbortSignal(signal)[0] };
  // The worker rejects every method except POST, and its message contains the method.
  if (FORBIDDEN_METHOD.test(method)) return Object.defineProperty(new Request(url, init), "method", { value: method });
  if (method === "GET" || method === "HEAD" || body === null) return new Request(url, { ...init, method });
  // `duplex` is required for streams and missing in the DOM's types: https://fetch.spec.whatwg.org/#dom-requestinit-duplex
  const withBody: RequestInit & { readonly duplex: "half" } = {
    ...init,
    method,
    body: streamOf(readerOf(body)),
    duplex: "half",
  };
  return new Request(url, withBody);
}

/** Nothing is read ahead: most rejected requests are answered without reading the body. */
function streamOf(reader: BodyReader): ReadableStream<Uint8Array> {
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const { done, value } = await reader.read();
    if (done) controller.close();
    else controller.enqueue(value);
  };
  return new ReadableStream({ pull, cancel: () => reader.cancel() }, { highWaterMark: 0 });
}

/** The unread body, or the part of it that a framework has kept. */
type Body = Readable | string | Uint8Array;

/** A lost body is not an empty one, so the worker rejects it. */
function bodyOrProblem({ incoming, kept = incoming }: NodeExchange): {
  readonly body?: Body;
  readonly problem?: string;
} {
  try {
    const body = bodyOf(incoming, kept);
    return body === undefined ? { problem: "the body was already read" } : { body };
  } catch (error) {
    // The reviver of a parser can create values that JSON would lose, such as a BigInt or a Map.
    const path = hasCode(error, "PAYLOAD_NOT_SERIALIZABLE") ? error.path.replace("payload", "body") : "body";
    return { problem: `a body parser returned a value that JSON cannot represent: ${path}` };
  }
}

/**
 * Returns the stream if nothing has read it, and otherwise the bytes or the value that a parser has kept; `undefined` if the
 * parser has kept nothing.
 */
function bodyOf(incoming: NodeRequest, { rawBody, body }: KeptBody): Body | undefined {
  if (isStream(body)) return body;
  if (isUntouched({ incoming })) return incoming;
  for (const kept of [rawBody, body]) {
    if (typeof kept === "string") return kept;
    if (kept instanceof Uint8Array) return kept;
  }
  return strictJson(body, { converts: "toJSON" }).text;
}

/** Reading an empty body does not disturb it, so `readableEnded` counts too. */
function isUntouched({ incoming, kept }: Pick<NodeExchange, "incoming" | "kept">): boolean {
  return !isStream(kept?.body) && !Readable.isDisturbed(incoming) && !incoming.readableEnded;
}

/**
 * Uses the raw headers, because they show a header that was sent twice. Node keeps only the first of two tokens, for example, and
 * a proxy in front of the worker may have checked the second. Mocked requests, as in tests, may have no raw headers.
 */
function headersOf(incoming: NodeRequest): Headers {
  const headers = new Headers();
  const raw = rawHeadersOf(incoming);
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? "";
    // HTTP/2 requests include pseudo-headers, such as :method.
    if (!name.startsWith(":")) append(headers, name, raw[index + 1] ?? "");
  }
  return headers;
}

function rawHeadersOf({ rawHeaders = [], headers }: NodeRequest): readonly string[] {
  if (rawHeaders.length > 0) return rawHeaders;
  return Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
}

/** Node's lenient parser (`insecureHTTPParser`) accepts headers that are not valid. The worker needs none of them. */
function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch {
    // Not a valid header.
  }
}

/** Returns the scheme and the caller's host. A host that is invalid, or would change the path, is replaced with `localhost`. */
function originOf({ headers, socket }: NodeRequest): string {
  const scheme = socket && "encrypted" in socket ? "https" : "http";
  const host = String(headers.host ?? headers[":authority"] ?? "");
  return `${scheme}://${!/[/\\?#@]/.test(host) && URL.canParse(`http://${host}`) ? host : "localhost"}`;
}

/**
 * Returns the path and query, including those of the absolute form in requests to proxies (RFC 9112 §3.2.2). `OPTIONS *` has
 * none.
 */
function pathOf({ originalUrl, url = "/" }: NodeRequest): string {
  const target = originalUrl ?? url;
  if (target.startsWith("/")) return target;
  if (!URL.canParse(target)) return "/";
  const { pathname, search } = new URL(target);
  return pathname + search;
}

/** Reads the raw headers as `headersOf()` does, but creates no `Headers` unless all are read. */
class NodeHeaders implements HeaderReader {
  readonly #incoming: NodeRequest;
  readonly #raw: readonly string[];

  constructor(incoming: NodeRequest) {
    this.#incoming = incoming;
    this.#raw = rawHeadersOf(incoming);
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  get(name: string): string | null {
    const raw = this.#raw;
    const wanted = name.toLowerCase();
    let found: string | undefined;
    for (let index = 0; index < raw.length; index += 2) {
      const each = raw[index] as string;
      if (each.length !== wanted.length || each.toLowerCase() !== wanted) continue;
      // A header that was sent twice is read as a `Headers` object reads it.
      if (found !== undefined) return headersOf(this.#incoming).get(name);
      found = raw[index + 1] ?? "";
    }
    if (found === undefined) return null;
    return PLAIN_VALUE.test(found) ? found : headersOf(this.#incoming).get(name);
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return headersOf(this.#incoming)[Symbol.iterator]();
  }
}

/** A value of visible ASCII characters, with single spaces or tabs between them. */
const PLAIN_VALUE = /^(?:[!-~]+(?:[ \t]+[!-~]+)*)?$/;
