import type { IncomingMessage } from "node:http";
import { Query } from "../http/query.ts";
import { readBody } from "../http/read-body.ts";
import { splitUrl } from "../http/request-url.ts";

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

/**
 * Reads a request. A GET that is too long for a URL is sent as POST, with its query as a form in the body.
 *
 * @throws RpcError if the body cannot be read
 */
export async function readCall(request: IncomingMessage): Promise<RestCall> {
  const body = await readBody(request);
  const { path, search } = splitUrl(request.url);
  const method = methodOf(request);
  const isForm = method === "GET" && request.method === "POST" && FORM.test(request.headers["content-type"] ?? "");
  if (!isForm) return { method, path, query: new Query(search), body };
  const query = new Query([search, body.toString()].filter(Boolean).join("&"));
  return { method, path, query, body: Buffer.alloc(0) };
}
