import type { IncomingMessage, ServerResponse } from "node:http";
import { ConnectionDropped } from "../faults/connection-dropped.ts";
import { type Answer, errorAnswer } from "../http/answer.ts";
import { notFoundPage } from "../http/html-page.ts";
import { queryOf } from "../http/query.ts";
import { readBody } from "../http/read-body.ts";
import { splitUrl } from "../http/request-url.ts";
import { closeIfUnread, writeAnswer } from "../http/write-answer.ts";
import { type MaybePromise, mapValue } from "../service/maybe-promise.ts";
import { parseFields } from "./parse-fields.ts";
import { type RestCall, restCall } from "./rest-call.ts";
import type { Router } from "./router.ts";
import { checkFields, selectFields } from "./select-fields.ts";

/** Answers a request of the REST API: with JSON, which is indented by default, or with a page for an unknown path. */
export async function answerRest(router: Router, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = splitUrl(request.url);
  const { indent } = queryOf(url.search);
  let answer: Answer | undefined;
  try {
    const body = await readBody(request);
    const answered = answerOf(router, restCall(request, url, body), request);
    // Awaiting a value would cost a turn of the promise queue.
    answer = answered instanceof Promise ? await answered : answered;
  } catch (error) {
    answer = failureAnswer(error);
  }
  if (answer) writeAnswer(response, answer, indent ?? true);
  else request.socket.destroy();
  closeIfUnread(request, response);
}

/** @returns undefined if the connection must be closed without an answer */
function failureAnswer(error: unknown): Answer | undefined {
  return error instanceof ConnectionDropped ? undefined : errorAnswer(error);
}

function answerOf(router: Router, call: RestCall, { headers }: IncomingMessage): MaybePromise<Answer> {
  const { method, path, query, body } = call;
  const route = router.find(path);
  const handler = route && Object.hasOwn(route.handlers, method) ? route.handlers[method] : undefined;
  if (!route || !handler) return { status: 404, body: notFoundPage(path) };
  const selection = parseFields(query.fields || String(headers["x-goog-fieldmask"] ?? ""));
  if (handler.output) checkFields(handler.output, selection);
  const json = handler.answer({ name: route.name, query, body, headers });
  return mapValue(json, (value) => ({ status: 200, body: selectFields(value, selection) }));
}
