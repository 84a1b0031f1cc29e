import type { LiveState } from "@cloudtask/emulator/internal";

interface ApiAttempt {
  readonly scheduleTime?: string;
  readonly dispatchTime?: string;
  readonly responseTime?: string;
  readonly responseStatus?: { readonly code?: number; readonly message?: string };
}

interface ApiRequest {
  readonly httpMethod?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** In base64. */
  readonly body?: string;
}

interface ApiHttpRequest extends ApiRequest {
  readonly url?: string;
  readonly oidcToken?: { readonly serviceAccountEmail?: string; readonly audience?: string };
  readonly oauthToken?: { readonly serviceAccountEmail?: string; readonly scope?: string };
}

interface ApiAppEngineRequest extends ApiRequest {
  readonly relativeUri?: string;
  readonly appEngineRouting?: Readonly<Record<string, string>>;
}

/** A task in the JSON of the API. https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks */
export interface ApiTask {
  readonly name: string;
  readonly scheduleTime?: string;
  readonly createTime?: string;
  readonly dispatchDeadline?: string;
  readonly dispatchCount?: number;
  readonly responseCount?: number;
  readonly firstAttempt?: ApiAttempt;
  readonly lastAttempt?: ApiAttempt;
  readonly httpRequest?: ApiHttpRequest;
  readonly appEngineHttpRequest?: ApiAppEngineRequest;
  readonly retryConfig?: ApiRetry;
}

interface ApiRetry {
  readonly maxAttempts?: number;
  readonly maxRetryDuration?: string;
  readonly minBackoff?: string;
  readonly maxBackoff?: string;
  readonly maxDoublings?: number;
}

/** Returns the request of a task, of either kind. */
export function requestOf({ httpRequest, appEngineHttpRequest }: ApiTask): ApiRequest {
  return appEngineHttpRequest ?? httpRequest ?? {};
}

/** Returns the URL of a task; for an App Engine task the path and query. */
export function urlOf({ httpRequest, appEngineHttpRequest }: ApiTask): string {
  return appEngineHttpRequest === undefined ? (httpRequest?.url ?? "") : (appEngineHttpRequest.relativeUri ?? "/");
}

/** Returns the value of a header, whose name may be in any case. */
export function headerOf(task: ApiTask, name: string): string | undefined {
  const entries = Object.entries(requestOf(task).headers ?? {});
  return entries.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
}

/** Returns the full name of the queue of a task. */
export function queueOf({ name }: Pick<ApiTask, "name">): string {
  return name.slice(0, name.lastIndexOf("/tasks/"));
}

/** Checks whether an attempt has no answer yet. */
export function isInFlight(attempt: ApiAttempt | undefined): boolean {
  return attempt?.dispatchTime !== undefined && !attempt.responseTime && !attempt.responseStatus;
}

/** Returns the state of a task. A task that exists has not succeeded. */
export function stateOf({ lastAttempt, scheduleTime, dispatchCount = 0 }: ApiTask, nowMs: number): LiveState {
  if (isInFlight(lastAttempt)) return "running";
  if (Date.parse(scheduleTime ?? "") > nowMs) return dispatchCount > 0 ? "retrying" : "scheduled";
  return "due";
}

/** Returns the HTTP status that Cloud Tasks names in its message: `UNAVAILABLE(14): HTTP status code 503`. */
export function httpStatusIn(attempt: ApiAttempt | undefined): number | undefined {
  const [, status] = /HTTP status code (\d{3})/.exec(attempt?.responseStatus?.message ?? "") ?? [];
  return status === undefined ? undefined : Number(status);
}
