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
import { isReservedHeader } from "./reserved-headers.ts";
import { rewriteHost } from "./rewrite-host.ts";

/** Options that redirect dispatches. */
export interface TargetOptions {
  /** New hosts by old host. */
  readonly rewriteHosts: Readonly<Record<string, string>>;
  /** Base URLs of App Engine tasks. Unset means the host of the app. */
  readonly appEngine: AppEngineBases | undefined;
}

/** A header of a request. */
export type Header = readonly [name: string, value: string];

/** The request of a dispatch, without the headers that depend on the attempt. */
export interface Target {
  readonly method: string;
  /** The URL of the task before hosts are rewritten. It is the audience of a token if the task sets none. */
  readonly uri: string;
  /** The URL to connect to. It also sets the `Host` header. */
  readonly url: URL;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  readonly authorization: OidcRequest | OAuthRequest | undefined;
}

/** "A request body is allowed only if the HTTP method is POST, PUT, or PATCH": google/cloud/tasks/v2/target.proto. */
const withBody = ["POST", "PUT", "PATCH"];

/**
 * Returns the target of a dispatch: the request of the task with the current overrides of its queue. A change of the queue
 * therefore also applies to waiting tasks.
 *
 * The `Host` header is always the host to connect to, even if the options redirect the request: development servers reject
 * unknown host names.
 *
 * @throws Error if the task has no host to go to; TypeError if the URL is invalid
 */
export function targetOf(request: TaskRequest, queue: QueueRecord, options: TargetOptions): Target {
  return request.kind === "http" ? httpTarget(request, queue, options) : appEngineTarget(request, queue, options);
}

function httpTarget(request: HttpTaskRequest, { settings }: QueueRecord, { rewriteHosts }: TargetOptions): Target {
  const target = settings.httpTarget;
  const uri = overriddenUri(request.url, target?.uri);
  const method = target?.method ?? request.method;
  return {
    method,
    uri,
    url: rewriteHost(new URL(uri), rewriteHosts),
    headers: overriddenHeaders(Object.entries(request.headers), target),
    // The proto states that a GET set by the queue drops the body. The same is done for every method that allows no body.
    body: withBody.includes(method) ? request.body : new Uint8Array(),
    authorization: target?.authorization ?? request.authorization,
  };
}

function appEngineTarget(request: AppEngineTaskRequest, queue: QueueRecord, options: TargetOptions): Target {
  const uri = appEngineUrl(request, queue.name, queue.settings.routing, options.appEngine);
  const { method, headers, body } = request;
  const url = rewriteHost(new URL(uri), options.rewriteHosts);
  return { method, uri, url, headers: Object.entries(headers), body, authorization: undefined };
}

function overriddenHeaders(headers: readonly Header[], target: HttpTarget | undefined): readonly Header[] {
  const overrides = new Map<string, Header>();
  for (const header of target?.headers ?? []) {
    if (!isReservedHeader(header[0])) overrides.set(header[0].toLowerCase(), header);
  }
  return [...headers.filter(([name]) => !overrides.has(name.toLowerCase())), ...overrides.values()];
}
