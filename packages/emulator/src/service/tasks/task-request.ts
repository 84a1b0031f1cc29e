import type { AppEngineTaskRequest, HttpTarget, HttpTaskRequest, TaskRequest } from "../../engine/records.ts";
import { authorizationOf, completedAuthorization } from "../authorization.ts";
import { methodName } from "../http-methods.ts";
import { routingOf } from "../queues/queue-input.ts";
import { invalidArgument } from "../rpc-error.ts";
import { storedAppEngineHeaders, storedHeaders } from "./stored-headers.ts";
import type { Payload } from "./task-input.ts";

type HttpRequest = Extract<Payload, { case: "httpRequest" }>["value"];
type AppEngineHttpRequest = Extract<Payload, { case: "appEngineHttpRequest" }>["value"];

/** "The maximum length allowed is 2083 characters": `url` and `relative_uri` in google/cloud/tasks/v2/target.proto. */
const LONGEST_URL = 2083;

/**
 * Reads the request of a new task, with its headers and its token as they are stored.
 *
 * @param target - the target of the queue; its token replaces that of the task
 * @throws RpcError for the first value that the real service would reject
 */
export function taskRequest(payload: Payload, target: HttpTarget | undefined): TaskRequest {
  if (payload.case === "httpRequest") return httpRequest(payload.value, target);
  if (payload.case === "appEngineHttpRequest") return appEngineRequest(payload.value);
  if (payload.case === "pullMessage") throw invalidArgument("Task.pullMessage: pull tasks are not supported.");
  throw invalidArgument("Task.payload_type is not set.");
}

function httpRequest(request: HttpRequest, target: HttpTarget | undefined): HttpTaskRequest {
  checkUrl(request.url);
  const method = methodName(request.httpMethod) ?? "POST";
  checkBody(request.body, method, ["POST", "PUT", "PATCH"]);
  // The task's own token is checked even if the queue's token replaces it.
  const own = authorizationOf(request.authorizationHeader);
  const authorization = target?.authorization ?? own;
  return {
    kind: "http",
    url: request.url,
    method,
    headers: storedHeaders(request.headers),
    body: request.body,
    authorization: authorization && completedAuthorization(authorization, request.url),
  };
}

function appEngineRequest(request: AppEngineHttpRequest): AppEngineTaskRequest {
  const relativeUri = request.relativeUri || "/";
  if (!/^\/\S*$/.test(relativeUri)) {
    throw invalidArgument('AppEngineHttpRequest.relativeUri must begin with "/" and must not hold spaces.');
  }
  if (relativeUri.length > LONGEST_URL) {
    throw invalidArgument(`AppEngineHttpRequest.relativeUri must be at most ${LONGEST_URL} characters long.`);
  }
  const method = methodName(request.httpMethod) ?? "POST";
  checkBody(request.body, method, ["POST", "PUT"]);
  return {
    kind: "appEngine",
    relativeUri,
    method,
    headers: storedAppEngineHeaders(request.headers, request.body.length),
    body: request.body,
    routing: routingOf(request.appEngineRouting),
  };
}

function checkBody(body: Uint8Array, method: string, allowed: readonly string[]): void {
  if (body.length === 0 || allowed.includes(method)) return;
  const methods =
    allowed.length > 2 ? `${allowed.slice(0, -1).join(", ")}, or ${allowed.at(-1)}` : allowed.join(" or ");
  throw invalidArgument(`Body can only be set if the http_method is ${methods}.`);
}

function checkUrl(url: string): void {
  if (url === "") throw invalidArgument("HttpRequest.url is required.");
  if (!/^https?:\/\//.test(url)) throw invalidArgument("HttpTarget.url must start with 'http://' or 'https://'.");
  // A character takes at most nine when encoded, so a short URL needs no parsing.
  if (url.length * 9 <= LONGEST_URL) return;
  // The limit applies to the encoded URL. An unparsable URL is accepted, and its dispatch fails.
  const length = URL.canParse(url) ? new URL(url).href.length : url.length;
  if (length > LONGEST_URL) throw invalidArgument(`HttpRequest.url must be at most ${LONGEST_URL} characters long.`);
}
