import { toAbortSignal } from "../core/abort-signal.ts";
import type { AbortSource } from "../core/abort-source.ts";
import { type Duration, durationMs } from "../core/duration.ts";
import { DEADLINE_HEADER, RETRY_HEADER } from "../core/headers.ts";
import { parseRetryHeader } from "../core/task-retry.ts";
import { attachedTo } from "../dependencies/from-request.ts";
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
  /** Signals that abort the delivery early, in addition to the request's own signal. */
  readonly signals: readonly AbortSource[];
  /** Returns the current time in milliseconds since the epoch. */
  readonly now: () => number;
}

/** The differences between deliveries to HTTP targets and to App Engine targets. */
interface TargetKind {
  readonly kind: "http" | "appEngine";
  /** The prefix of its header names. */
  readonly prefix: string;
  /** The longest deadline that Cloud Tasks accepts. Source: `Task.dispatch_deadline` in google/cloud/tasks/v2/task.proto. */
  readonly maxDeadlineMs: number;
  /** Returns the number of earlier attempts that count towards `maxAttempts`. */
  readonly spentAttempts: (retryCount: number, executionCount: number) => number;
}

const HTTP: TargetKind = {
  kind: "http",
  prefix: "X-CloudTasks-",
  maxDeadlineMs: 1_800_000,
  // The retry count includes all earlier attempts. The execution count leaves out attempts with a 5xx answer or no answer. Their
  // difference therefore leaves out attempts that were rejected with a 4xx (a wrong secret, a full worker) and never ran. A 5xx may
  // come from a platform or from Cloud Tasks itself: it counts, but no delivery is discarded for it without a run.
  spentAttempts: (retryCount, executionCount) => retryCount - executionCount,
};

const APP_ENGINE: TargetKind = {
  kind: "appEngine",
  prefix: "X-AppEngine-",
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
export function deliveryFacts(
  request: IncomingRequest,
  { dispatchDeadlineMs, secretHeader, arrivedMs, signals, now }: FactsOptions,
): DeliveryFacts {
  const { headers } = request;
  const kind = targetKindOf(headers);
  const text = (name: string): string | null => headers.get(kind.prefix + name);
  const number = (name: string): number | undefined => {
    const value = Number.parseFloat(text(name) ?? "");
    return Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  const retryCount = number("TaskRetryCount") ?? 0;
  const executionCount = number("TaskExecutionCount") ?? 0;
  const deadlineMs = deadlineFrom(headers.get(DEADLINE_HEADER)) ?? dispatchDeadlineMs;
  const scheduled = scheduledJob(headers);
  const facts = {
    source: "cloud-tasks",
    id: text("TaskName") ?? "",
    queue: text("QueueName") ?? "",
    retryCount,
    executionCount,
    spentAttempts: kind.spentAttempts(retryCount, executionCount),
    lostAttempts: retryCount - executionCount,
    taskRetry: parseRetryHeader(headers.get(RETRY_HEADER)),
    now,
    scheduledAt: new Date((number("TaskETA") ?? arrivedMs / 1000) * 1000),
    // App Engine sends 0 if the previous attempt got no answer.
    previousResponse: number("TaskPreviousResponse") || undefined,
    retryReason: text("TaskRetryReason") || undefined,
    received: new HeadersOnDemand(kind.kind, headers),
    request: () =>
      redactedRequest({ url: request.url, headers, signal: toAbortSignal(request.signal)[0] }, secretHeader),
    attached: attachedTo(request as Request),
    dispatchDeadlineMs: Math.min(deadlineMs, kind.maxDeadlineMs),
    arrivedMs,
    signals: [request.signal, ...signals],
  } as const;
  return scheduled === undefined ? facts : { ...facts, ...scheduled };
}

/**
 * Reads the headers of Cloud Scheduler, which can call a worker without Cloud Tasks. All attempts of one scheduled run have the same
 * job and time, so the id identifies the run. Source: `HttpTarget.headers` in google/cloud/scheduler/v1/target.proto.
 *
 * @returns `undefined` for a delivery of Cloud Tasks
 */
function scheduledJob(headers: HeaderReader): Pick<DeliveryFacts, "source" | "id" | "scheduledAt"> | undefined {
  // The resource name of the job, or its id.
  const job = headers.get("X-CloudScheduler-JobName")?.split("/").at(-1);
  if (job === undefined || headers.has("X-CloudTasks-TaskName") || headers.has("X-AppEngine-TaskName"))
    return undefined;
  const time = headers.get("X-CloudScheduler-ScheduleTime") ?? "";
  const scheduledAt = new Date(time);
  const source = "cloud-scheduler";
  if (Number.isNaN(scheduledAt.getTime())) return { source, id: job, scheduledAt: new Date() };
  return { source, id: `${job}@${time}`, scheduledAt };
}

function targetKindOf(headers: HeaderReader): TargetKind {
  const isAppEngine = headers.has("X-AppEngine-TaskName") && !headers.has("X-CloudTasks-TaskName");
  return isAppEngine ? APP_ENGINE : HTTP;
}

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

/** Ignores a deadline of zero, which would abort every delivery at its start. */
function deadlineFrom(header: string | null): number | undefined {
  try {
    return header === null ? undefined : durationMs(header as Duration, DEADLINE_HEADER) || undefined;
  } catch {
    return undefined;
  }
}
