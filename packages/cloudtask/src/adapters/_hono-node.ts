import type { IncomingMessage, ServerResponse } from "node:http";
import type { Context } from "hono";
import { Abort } from "../core/abort-source.ts";
import type { IncomingRequest } from "../worker/incoming-request.ts";

/** The bindings of @hono/node-server. */
interface NodeBindings {
  readonly incoming?: IncomingMessage;
  readonly outgoing?: ServerResponse;
}

/**
 * Returns an unread request of Node's HTTP/1 server as the worker reads it. A `Request` would cost more than the rest of a delivery:
 * its body becomes a web stream, and its signal an `AbortController`.
 *
 * @returns `undefined` on other servers, and if middleware has read or replaced the request
 */
export function unreadNodeRequest({ req: { raw }, env }: Context): IncomingRequest | undefined {
  const { incoming, outgoing } = Object(env) as NodeBindings;
  if (incoming?.httpVersionMajor !== 1 || outgoing === undefined || !isUnread(incoming)) return undefined;
  if (!isOfServer(raw, incoming)) return undefined;
  const signal = new Abort();
  outgoing.on("close", () => {
    if (!outgoing.writableEnded) signal.abort(new Error("the caller closed the connection"));
  });
  const { method, url, headers } = raw;
  return { method, url, headers, signal, bodyUsed: false, body: incoming };
}

/**
 * Checks whether a request is the server's own, which refers to `incoming`, and has not created a `Request` that would read it. One
 * that replaces it may have another body, such as a decompressed one.
 */
function isOfServer(raw: Request, incoming: IncomingMessage): boolean {
  const properties = raw as unknown as Readonly<Record<symbol, unknown>>;
  const values = Object.getOwnPropertySymbols(raw).map((key) => properties[key]);
  return values.includes(incoming) && !values.some((value) => value instanceof Request);
}

function isUnread({ readableFlowing, readableDidRead, readableEnded, destroyed }: IncomingMessage): boolean {
  return readableFlowing === null && !readableDidRead && !readableEnded && !destroyed;
}
