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

/** Where dispatches go, other than tasks and queues say. */
export interface TargetOptions {
  /** Hosts that are replaced by others. */
  readonly rewriteHosts: Readonly<Record<string, string>>;
  /** Where App Engine tasks go; unset means the app's own host. */
  readonly appEngine: AppEngineBases | undefined;
}

/** A header as it is sent. */
export type Header = readonly [name: string, value: string];

/** What a dispatch sends, and where, before the headers of the attempt. */
export interface Target {
  readonly method: string;
  /** The URL that the task is meant for: the audience of a token where none is set. */
  readonly uri: string;
  /** The URL to connect to; the `Host` header follows it. */
  readonly url: URL;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  readonly authorization: OidcRequest | OAuthRequest | undefined;
}

/** "A request body is allowed only if the HTTP method is POST, PUT, or PATCH": google/cloud/tasks/v2/target.proto. */
const withBody = ["POST", "PUT", "PATCH"];

/**
 * The target of a dispatch: what the task says, with what its queue sets at present, so that a change of the queue also holds
 * for tasks that wait.
 *
 * The `Host` header is that of the URL to connect to, also where the developer says where App Engine tasks go: development
 * servers refuse names that they do not know.
 *
 * @throws Error where there is nowhere to go; TypeError where the URL is none
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
    // The proto has the body ignored where the queue sets GET: so with every method that a body is not allowed with.
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
