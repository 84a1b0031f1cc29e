import type {
  AppEngineTaskRequest,
  HttpTarget,
  HttpTaskRequest,
  OAuthRequest,
  OidcRequest,
  QueueRecord,
  TaskRequest,
} from "../engine/records.ts";
import { type AppEngineBases, appEngineUrl } from "./app-engine-url.ts";
import { overriddenUri } from "./overridden-uri.ts";
import { parseTargetUrl, type TargetUrl } from "./target-url.ts";

/** Options that decide where dispatches go. */
export interface TargetOptions {
  /** Base URLs of App Engine tasks. Unset means the host of the app. */
  readonly appEngine: AppEngineBases | undefined;
}

/** A header of a request. */
export type Header = readonly [name: string, value: string];

/** The request of a dispatch, without the headers that depend on the attempt. */
export interface Target {
  readonly method: string;
  /** The URL of the request. It sets the `Host` header, also if the options connect to another host. */
  readonly url: TargetUrl;
  /** The audience of an OIDC token if neither the task nor its queue sets one: the task's own URL. */
  readonly audience: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  readonly authorization: OidcRequest | OAuthRequest | undefined;
}

/** The methods that allow a body. "A request body is allowed only if the HTTP method is POST, PUT, or PATCH": google/cloud/tasks/v2/target.proto. */
const withBody = ["POST", "PUT", "PATCH"];

/**
 * Returns the target of a dispatch: the request of the task with the current overrides of its queue. A change of the queue
 * therefore also applies to waiting tasks.
 *
 * @throws Error if the task has no host to go to, or its body cannot be sent with the queue's method; TypeError if the URL is
 *   invalid
 */
export function targetOf(request: TaskRequest, queue: QueueRecord, options: TargetOptions): Target {
  return request.kind === "http" ? httpTarget(request, queue) : appEngineTarget(request, queue, options);
}

function httpTarget(request: HttpTaskRequest, { settings }: QueueRecord): Target {
  const target = settings.httpTarget;
  const uri = overriddenUri(request.url, target?.uri);
  const method = target?.method ?? request.method;
  const { body } = request;
  if (body.length > 0 && !withBody.includes(method)) {
    throw new Error(`the queue's HTTP target sets the method ${method}, but the task has a body; nothing was sent`);
  }
  return {
    method,
    url: parseTargetUrl(uri),
    audience: request.url || uri,
    headers: overriddenHeaders(Object.entries(request.headers), target),
    body,
    authorization: target?.authorization ?? request.authorization,
  };
}

function appEngineTarget(request: AppEngineTaskRequest, queue: QueueRecord, { appEngine }: TargetOptions): Target {
  const uri = appEngineUrl(request, queue.name, queue.settings.routing, appEngine);
  const { method, headers, body } = request;
  return {
    method,
    url: parseTargetUrl(uri),
    audience: uri,
    headers: Object.entries(headers),
    body,
    authorization: undefined,
  };
}

/** A value with line breaks, which a queue can store, is sent as the service sends the one of a task: with underscores. */
function overriddenHeaders(headers: readonly Header[], target: HttpTarget | undefined): readonly Header[] {
  if (!target || target.headers.length === 0) return headers;
  const overrides = new Map<string, Header>();
  for (const [name, value] of target.headers) {
    overrides.set(name.toLowerCase(), [name, value.replace(/[\r\n]/g, "_")]);
  }
  return [...headers.filter(([name]) => !overrides.has(name.toLowerCase())), ...overrides.values()];
}
