import type { IncomingMessage } from "node:http";
import { type Query, queryOf } from "../http/query.ts";

const FORM = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** A request of the REST API, with the method and the query that its client intended. */
export interface RestCall {
  readonly method: string;
  readonly path: string;
  readonly query: Query;
  readonly body: Buffer;
}

/** The intended method: clients behind a proxy that allows only GET and POST send the others as POST. */
function methodOf({ method = "GET", headers }: IncomingMessage): string {
  const override = headers["x-http-method-override"];
  return method === "POST" && typeof override === "string" && override !== "" ? override.toUpperCase() : method;
}

/** Interprets a request. A GET that is too long for a URL is sent as POST, with its query as a form in the body. */
export function restCall(
  request: IncomingMessage,
  { path, search }: { readonly path: string; readonly search: string },
  body: Buffer,
): RestCall {
  const method = methodOf(request);
  const isForm = method === "GET" && request.method === "POST" && FORM.test(request.headers["content-type"] ?? "");
  if (!isForm) return { method, path, query: queryOf(search), body };
  const query = queryOf([search, body.toString()].filter(Boolean).join("&"));
  return { method, path, query, body: Buffer.alloc(0) };
}
