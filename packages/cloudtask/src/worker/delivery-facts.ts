import { toAbortSignal } from "../core/abort-signal.ts";
import type { AbortSource } from "../core/abort-source.ts";
import { type Duration, durationMs } from "../core/duration.ts";
import { DEADLINE_HEADER, RETRY_HEADER } from "../core/headers.ts";
import { parseRetryHeader, type TaskRetry } from "../core/task-retry.ts";
import { attachedTo } from "../dependencies/from-request.ts";
import type { Overrides } from "../dependencies/overrides.ts";
import type { ReceivedRequest } from "../execution/keep-discarded.ts";
import { redactedRequest } from "../execution/redacted-request.ts";
import type { DeliveryFacts } from "../execution/run.ts";
import type { HeaderReader, IncomingRequest } from "./incoming-request.ts";

/** Properties of a delivery that its request does not contain. */
interface FactsOptions {
  /** The definition's dispatch deadline, for a push without one. */
  readonly dispatchDeadlineMs: number;
  /** The name of the header with the secret. */
  readonly secretHeader: string;
  /** The arrival of the request, in milliseconds since the epoch. */
  readonly arrivedMs: number;
  /** Aborts when the worker stops waiting for deliveries. */
  readonly closing: AbortSource;
  readonly overrides: Overrides | undefined;
  /** Returns the current time in milliseconds since the epoch. */
  readonly now: () => number;
}

const SUFFIXES = {
  id: "taskname",
  queue: "queuename",
  retryCount: "taskretrycount",
  executionCount: "taskexecutioncount",
  scheduled: "tasketa",
  previousResponse: "taskpreviousresponse",
  retryReason: "taskretryreason",
} as const;

function namesWith(prefix: string): TargetKind["names"] {
  const names = Object.entries(SUFFIXES).map(([key, suffix]) => [key, prefix + suffix]);
  return Object.fromEntries(names) as TargetKind["names"];
}

/** The differences between deliveries to HTTP targets and to App Engine targets. */
interface TargetKind {
  readonly kind: "http" | "appEngine";
  /** The names of its headers. In lower case, as all names here, because those need no conversion. */
  readonly names: Readonly<Record<keyof typeof SUFFIXES, string>>;
  /** The longest deadline that Cloud Tasks accepts. Source: `Task.dispatch_deadline` in google/cloud/tasks/v2/task.proto. */
  readonly maxDeadlineMs: number;
  /** Returns the number of earlier attempts that count towards `maxAttempts`. */
  readonly spentAttempts: (retryCount: number, executionCount: number) => number;
}

const HTTP: TargetKind = {
  kind: "http",
  names: /* @__PURE__ */ namesWith("x-cloudtasks-"),
  maxDeadlineMs: 1_800_000,
  // The retry count includes all earlier attempts. The execution count leaves out attempts with a 5xx answer or no answer. Their
  // difference therefore leaves out attempts that were rejected with a 4xx (a wrong secret, a full worker) and never ran. A 5xx may
  // come from a platform or from Cloud Tasks itself: it counts, but no delivery is discarded for it without a run.
  spentAttempts: (retryCount, executionCount) => retryCount - executionCount,
};

const APP_ENGINE: TargetKind = {
  kind: "appEngine",
  names: /* @__PURE__ */ namesWith("x-appengine-"),
  maxDeadlineMs: 86_415_000,
  // The execution count includes every answer. A rejection cannot be distinguished from a failure, so every attempt counts. A task
  // whose attempts were all rejected still runs once, and that run is its last.
  spentAttempts: (retryCount) => retryCount,
};

/**
 * Reads the headers of Cloud Tasks. Call it only after the caller was authenticated, because anyone can send these headers.
 *
 * The headers of HTTP targets and of App Engine targets are never mixed. A request with the header `X-CloudTasks-TaskName` counts
 * as one to an HTTP target, even if it also has headers of App Engine. Cloud Tasks sends only one kind, and removes both kinds
 * from the headers of a task.
 *
 * Sources: https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler and
 * https://cloud.google.com/tasks/docs/creating-appengine-handlers#reading_app_engine_task_request_headers
 *
 * @returns the facts; a missing or invalid header has the value of a first attempt
 */
export function deliveryFacts(request: IncomingRequest, options: FactsOptions): DeliveryFacts {
  const facts = new HeaderFacts(request, options);
  const scheduled = scheduledJob(request.headers);
  return scheduled === undefined ? facts : Object.assign(facts, scheduled);
}

class HeaderFacts implements DeliveryFacts {
  readonly source: DeliveryFacts["source"] = "cloud-tasks";
  readonly id: string;
  readonly queue: string;
  readonly retryCount: number;
  readonly executionCount: number;
  readonly spentAttempts: number;
  readonly lostAttempts: number;
  readonly taskRetry: TaskRetry | undefined;
  readonly now: () => number;
  readonly scheduledAt: Date;
  readonly previousResponse: number | undefined;
  readonly retryReason: string | undefined;
  readonly dispatchDeadlineMs: number;
  readonly arrivedMs: number;
  readonly overrides: Overrides | undefined;
  readonly signals: readonly AbortSource[];
  readonly #kind: TargetKind["kind"];
  readonly #request: IncomingRequest;
  readonly #secretHeader: string;

  constructor(request: IncomingRequest, options: FactsOptions) {
    const { headers } = request;
    const { kind, names, maxDeadlineMs, spentAttempts } = targetKindOf(headers);
    const { arrivedMs } = options;
    this.id = headers.get(names.id) ?? "";
    this.queue = headers.get(names.queue) ?? "";
    this.retryCount = numberOf(headers.get(names.retryCount)) ?? 0;
    this.executionCount = numberOf(headers.get(names.executionCount)) ?? 0;
    this.spentAttempts = spentAttempts(this.retryCount, this.executionCount);
    this.lostAttempts = this.retryCount - this.executionCount;
    this.taskRetry = parseRetryHeader(headers.get(RETRY));
    this.now = options.now;
    this.scheduledAt = new Date((numberOf(headers.get(names.scheduled)) ?? arrivedMs / 1000) * 1000);
    // App Engine sends 0 if the previous attempt got no answer.
    this.previousResponse = numberOf(headers.get(names.previousResponse)) || undefined;
    this.retryReason = headers.get(names.retryReason) || undefined;
    const deadlineMs = deadlineFrom(headers.get(DEADLINE)) ?? options.dispatchDeadlineMs;
    this.dispatchDeadlineMs = Math.min(deadlineMs, maxDeadlineMs);
    this.arrivedMs = arrivedMs;
    this.overrides = options.overrides;
    this.signals = [request.signal, options.closing];
    this.#kind = kind;
    this.#request = request;
    this.#secretHeader = options.secretHeader;
  }

  get received(): ReceivedRequest {
    return new HeadersOnDemand(this.#kind, this.#request.headers);
  }

  get attached(): DeliveryFacts["attached"] {
    return attachedTo(this.#request as Request);
  }

  request(): Request {
    const { url, headers, signal } = this.#request;
    return redactedRequest({ url, headers, signal: toAbortSignal(signal)[0] }, this.#secretHeader);
  }
}

const RETRY = /* @__PURE__ */ RETRY_HEADER.toLowerCase();
const DEADLINE = /* @__PURE__ */ DEADLINE_HEADER.toLowerCase();

/** Only dead letters need all headers. An object literal with a getter would need a hidden class of its own for each delivery. */
class HeadersOnDemand implements ReceivedRequest {
  readonly kind: TargetKind["kind"];
  readonly #headers: HeaderReader;

  constructor(kind: TargetKind["kind"], headers: HeaderReader) {
    this.kind = kind;
    this.#headers = headers;
  }

  get headers(): Headers {
    return new Headers([...this.#headers]);
  }
}

function numberOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const value = Number.parseFloat(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/**
 * Reads the headers of Cloud Scheduler, which can call a worker without Cloud Tasks. All attempts of one scheduled run have the same
 * job and time, so the id identifies the run. Source: `HttpTarget.headers` in google/cloud/scheduler/v1/target.proto.
 *
 * @returns `undefined` for a delivery of Cloud Tasks
 */
function scheduledJob(headers: HeaderReader): Pick<DeliveryFacts, "source" | "id" | "scheduledAt"> | undefined {
  // The resource name of the job, or its id.
  const job = headers.get("x-cloudscheduler-jobname")?.split("/").at(-1);
  if (job === undefined || headers.has(HTTP.names.id) || headers.has(APP_ENGINE.names.id)) return undefined;
  const time = headers.get("x-cloudscheduler-scheduletime") ?? "";
  const scheduledAt = new Date(time);
  const source = "cloud-scheduler";
  if (Number.isNaN(scheduledAt.getTime())) return { source, id: job, scheduledAt: new Date() };
  return { source, id: `${job}@${time}`, scheduledAt };
}

function targetKindOf(headers: HeaderReader): TargetKind {
  const isAppEngine = headers.has(APP_ENGINE.names.id) && !headers.has(HTTP.names.id);
  return isAppEngine ? APP_ENGINE : HTTP;
}

/** Ignores a deadline of zero, which would abort every delivery at its start. */
function deadlineFrom(header: string | null): number | undefined {
  try {
    return header === null ? undefined : durationMs(header as Duration, DEADLINE_HEADER) || undefined;
  } catch {
    return undefined;
  }
}
