import type { IncomingMessage, ServerResponse } from "node:http";
import { ConnectionDropped } from "../faults/connection-dropped.ts";
import { type Answer, errorAnswer } from "../http/answer.ts";
import { notFoundPage } from "../http/html-page.ts";
import { Query } from "../http/query.ts";
import { splitUrl } from "../http/request-url.ts";
import { closeIfUnread, writeAnswer } from "../http/write-answer.ts";
import { parseFields } from "./parse-fields.ts";
import { type RestCall, readCall } from "./rest-call.ts";
import type { Router } from "./router.ts";
import { checkFields, selectFields } from "./select-fields.ts";

/** Answers a request of the REST API: with JSON, which is indented by default, or with a page for an unknown path. */
export async function answerRest(router: Router, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { indent } = new Query(splitUrl(request.url).search);
  const answer = await answerOf(router, request).catch(failureAnswer);
  if (answer) writeAnswer(response, answer, indent ?? true);
  else request.socket.destroy();
  closeIfUnread(request, response);
}

/** @returns undefined if the connection must be closed without an answer */
function failureAnswer(error: unknown): Answer | undefined {
  return error instanceof ConnectionDropped ? undefined : errorAnswer(error);
}

async function answerOf(router: Router, request: IncomingMessage): Promise<Answer> {
  const call: RestCall = await readCall(request);
  const { method, path, query, body } = call;
  const route = router.find(path);
  const handler = route && Object.hasOwn(route.handlers, method) ? route.handlers[method] : undefined;
  if (!route || !handler) return { status: 404, body: notFoundPage(path) };
  const { headers } = request;
  const selection = parseFields(query.fields || String(headers["x-goog-fieldmask"] ?? ""));
  if (handler.output) checkFields(handler.output, selection);
  const json = await handler.answer({ name: route.name, query, body, headers });
  return { status: 200, body: selectFields(json, selection) };
}
