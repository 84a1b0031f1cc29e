import type { IncomingMessage, ServerResponse } from "node:http";
import { ConnectionDropped } from "../faults/connection-dropped.ts";
import { type Answer, errorAnswer, unknownPath, wrongMethod } from "../http/answer.ts";
import { Query } from "../http/query.ts";
import { readBody } from "../http/read-body.ts";
import { splitUrl } from "../http/request-url.ts";
import { closeIfUnread, writeAnswer } from "../http/write-answer.ts";
import type { Router } from "./router.ts";
import { selectFields } from "./select-fields.ts";

/** Answers a request of the REST API, in every case with JSON. */
export async function answerRest(router: Router, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url, method = "GET" } = request;
  const { path, search } = splitUrl(url);
  const query = new Query(search);
  const answer = await answerOf(router, request, { method, path, query }).catch(failureAnswer);
  if (answer) writeAnswer(response, answer, query.wantsIndent);
  else request.socket.destroy();
  closeIfUnread(request, response);
}

/** @returns undefined if the connection must be closed without an answer */
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
