import type { IncomingMessage, ServerResponse } from "node:http";
import { ConnectionDropped } from "../faults/connection-dropped.ts";
import { selectFields } from "./fields.ts";
import { Query } from "./query.ts";
import { readBody } from "./read-body.ts";
import type { Router } from "./router.ts";
import { type Answer, errorAnswer, unknownPath, wrongMethod } from "./status.ts";

/** Answers a request of the REST API, whatever it is: with the service's answer, or with a proper error. */
export async function answerRest(router: Router, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = "/", method = "GET" } = request;
  const at = url.indexOf("?");
  const path = at < 0 ? url : url.slice(0, at);
  const query = new Query(at < 0 ? "" : url.slice(at + 1));
  const answer = await answerOf(router, request, { method, path, query }).catch(failureAnswer);
  if (answer) write(response, answer, query.wantsIndent);
  else request.socket.destroy();
  // What was not read of a body would be taken for the next request.
  if (!request.complete) response.once("finish", () => request.socket.destroySoon());
}

/** Writes an answer as JSON. */
export function write(response: ServerResponse, { status, body, headers }: Answer, indent: boolean): void {
  // As a string it leaves in one piece with the head; as a buffer it would take a second write.
  const text = indent ? `${JSON.stringify(body, null, 2)}\n` : JSON.stringify(body);
  response.writeHead(status, {
    "Content-Type": "application/json; charset=UTF-8",
    "Content-Length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** @returns undefined where the connection is to be cut instead */
function failureAnswer(error: unknown): Answer | undefined {
  return error instanceof ConnectionDropped ? undefined : errorAnswer(error);
}

interface Parts {
  readonly method: string;
  readonly path: string;
  readonly query: Query;
}

async function answerOf(router: Router, request: IncomingMessage, { method, path, query }: Parts): Promise<Answer> {
  const body = await readBody(request);
  const route = router.find(path);
  if (!route) return unknownPath(method, path);
  const handler = Object.hasOwn(route.handlers, method) ? route.handlers[method] : undefined;
  if (!handler) return wrongMethod(method, path, Object.keys(route.handlers));
  const json = await handler({ name: route.name, query, body, headers: request.headers });
  return { status: 200, body: selectFields(json, query.text("fields")) };
}
