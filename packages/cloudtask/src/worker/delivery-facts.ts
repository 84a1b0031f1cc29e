import { type Duration, durationMs } from "../core/duration.ts";
import { DEADLINE_HEADER } from "../core/headers.ts";
import { attachedTo } from "../dependencies/from-request.ts";
import { redactedRequest } from "../execution/redacted-request.ts";
import type { DeliveryFacts } from "../execution/run.ts";

/** What the request does not tell. */
interface FactsOptions {
  /** The definition's, for a push that had none of its own. */
  readonly dispatchDeadlineMs: number;
  /** Which header holds the secret. */
  readonly secretHeader: string;
  /** When the request came in, in milliseconds since the epoch. */
  readonly arrivedMs: number;
  /** What ends the delivery early, beside the request's own signal. */
  readonly signals: readonly AbortSignal[];
}

/** The two kinds of task, as their deliveries differ. */
interface Family {
  /** What the names of its headers begin with. */
  readonly prefix: string;
  /** The longest deadline that Cloud Tasks accepts. Source: `Task.dispatch_deadline` in google/cloud/tasks/v2/task.proto. */
  readonly maxDeadlineMs: number;
  /** How many attempts count towards `maxAttempts`. */
  readonly spent: (retryCount: number, executionCount: number) => number;
}

const HTTP: Family = {
  prefix: "X-CloudTasks-",
  maxDeadlineMs: 1_800_000,
  // The execution count leaves out 5xx and attempts without an answer, the retry count nothing. So what was refused with a 4xx (a
  // wrong secret, a full worker), and never ran, is known and not counted. A 5xx may be that of a platform or of Cloud Tasks
  // itself: it counts, but no delivery is discarded unrun for it.
  spent: (retryCount, executionCount) => retryCount - executionCount,
};

const APP_ENGINE: Family = {
  prefix: "X-AppEngine-",
  maxDeadlineMs: 86_415_000,
  // Here the execution count counts every answer, and leaves out attempts that ended without one. A refusal cannot be told from a
  // failure, so every attempt counts; a task whose attempts went that way still runs once, and that run is its last.
  spent: (retryCount) => retryCount,
};

/**
 * What the request headers of Cloud Tasks say of a delivery. To be read only once the caller is known: anyone can send
 * them. Those of the two families are never mixed: a request that names its task as an HTTP task is one, whatever else it
 * carries. Cloud Tasks itself sends only one of them, and lets no task bring any.
 *
 * Sources: https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler and
 * https://cloud.google.com/tasks/docs/creating-appengine-handlers#reading_app_engine_task_request_headers
 *
 * @param request - the delivery's request
 * @param options - see `FactsOptions`
 * @returns the facts; a header that is missing or makes no sense counts as a first attempt's
 */
export function deliveryFacts(
  request: Request,
  { dispatchDeadlineMs, secretHeader, arrivedMs, signals }: FactsOptions,
): DeliveryFacts {
  const { headers } = request;
  const family = familyOf(headers);
  const text = (name: string): string | null => headers.get(family.prefix + name);
  const number = (name: string): number | undefined => {
    const value = Number.parseFloat(text(name) ?? "");
    return Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  const retryCount = number("TaskRetryCount") ?? 0;
  const executionCount = number("TaskExecutionCount") ?? 0;
  const deadlineMs = deadlineFrom(headers.get(DEADLINE_HEADER)) ?? dispatchDeadlineMs;
  return {
    id: text("TaskName") ?? "",
    queue: text("QueueName") ?? "",
    retryCount,
    executionCount,
    spentAttempts: family.spent(retryCount, executionCount),
    scheduledAt: new Date((number("TaskETA") ?? arrivedMs / 1000) * 1000),
    // App Engine says 0 where nobody answered.
    previousResponse: number("TaskPreviousResponse") || undefined,
    retryReason: text("TaskRetryReason") || undefined,
    request: () => redactedRequest(request, secretHeader),
    attached: attachedTo(request),
    dispatchDeadlineMs: Math.min(deadlineMs, family.maxDeadlineMs),
    arrivedMs,
    signals: [request.signal, ...signals],
  };
}

function familyOf(headers: Headers): Family {
  const isAppEngine = headers.has("X-AppEngine-TaskName") && !headers.has("X-CloudTasks-TaskName");
  return isAppEngine ? APP_ENGINE : HTTP;
}

/** A deadline of nothing would end every delivery before it began. */
function deadlineFrom(header: string | null): number | undefined {
  try {
    return header === null ? undefined : durationMs(header as Duration, DEADLINE_HEADER) || undefined;
  } catch {
    return undefined;
  }
}
