import { isDeadLetterHeader } from "../core/dead-letter-headers.ts";
import { type Duration, durationMs } from "../core/duration.ts";
import { checkRetry, DEFAULT_RETRY, type ResolvedRetry, type RetryConfigJson } from "../core/retry-settings.ts";
import { type HeadersByName, headersByName } from "./delivery-headers.ts";

/** The fields of the task in a CreateTask request, without its body. */
export interface RequestedTask {
  /** The full resource name; `undefined` if Cloud Tasks generates the id. */
  readonly name: string | undefined;
  readonly scheduleMs: number | undefined;
  readonly dispatchDeadlineMs: number | undefined;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly headersByName: HeadersByName;
  readonly isDeadLetter: boolean;
  readonly kind: "http" | "appEngine";
  /** The task's own retry settings, or those of a queue that configures none. */
  readonly retry: Required<ResolvedRetry>;
}

/** A parsed CreateTask request. */
export interface CreateTaskRequest {
  readonly task: RequestedTask;
  /** The body of the task, in base64. */
  readonly body: string;
}

interface TargetJson {
  readonly headers?: Readonly<Record<string, string>>;
}

/** The fields of a CreateTask request that this library writes. */
interface CreateTaskJson {
  readonly task: {
    readonly name?: string;
    readonly scheduleTime?: string;
    readonly dispatchDeadline?: Duration;
    readonly retryConfig?: RetryConfigJson;
    readonly httpRequest?: TargetJson & { readonly url: string };
    readonly appEngineHttpRequest?: TargetJson & { readonly relativeUri: string };
  };
}

/** This library writes the body last, so all before it is often the same for the tasks of a definition. */
const BODY_START = '"body":"';
const BODY_END = '"}}}';

interface Recent {
  readonly start: string;
  readonly workerUrl: string;
  readonly task: RequestedTask;
}

const recent: Recent[] = [];
const MAX_RECENT = 8;

/**
 * Parses a CreateTask request that this library wrote.
 *
 * @param json - the body of the request
 * @param workerUrl - the client's `url`; its host replaces the host of App Engine
 */
export function parseCreateTask(json: string, workerUrl: string): CreateTaskRequest {
  const bodyAt = json.lastIndexOf(BODY_START) + BODY_START.length;
  const start = json.slice(0, bodyAt);
  const body = json.slice(bodyAt, -BODY_END.length);
  const known = recent.find((each) => each.start === start && each.workerUrl === workerUrl);
  if (known !== undefined) return { task: known.task, body };
  const task = requestedTask(JSON.parse(start + BODY_END) as CreateTaskJson, workerUrl);
  if (recent.length === MAX_RECENT) recent.shift();
  recent.push({ start, workerUrl, task });
  return { task, body };
}

function requestedTask({ task }: CreateTaskJson, workerUrl: string): RequestedTask {
  const { name, scheduleTime, dispatchDeadline, retryConfig, httpRequest, appEngineHttpRequest } = task;
  const { headers = {} }: TargetJson = httpRequest ?? appEngineHttpRequest ?? {};
  return {
    name,
    scheduleMs: scheduleTime === undefined ? undefined : Date.parse(scheduleTime),
    dispatchDeadlineMs: dispatchDeadline === undefined ? undefined : durationMs(dispatchDeadline, "dispatchDeadline"),
    url: httpRequest?.url ?? new URL(appEngineHttpRequest?.relativeUri ?? "/", workerUrl).href,
    headers,
    headersByName: headersByName(headers),
    isDeadLetter: Object.keys(headers).some(isDeadLetterHeader),
    kind: httpRequest === undefined ? "appEngine" : "http",
    retry: { ...DEFAULT_RETRY, ...checkRetry(retryConfig, "retryConfig") },
  };
}
