import { type Duration, durationMs } from "../core/duration.ts";
import { DEADLINE_HEADER } from "../core/headers.ts";
import type { DeliveryFacts } from "../execution/run.ts";
import { shownRequest } from "../execution/shown-request.ts";

/** What the request does not tell. */
interface FactsOptions {
  /** The definition's, for a push that had none of its own. */
  readonly dispatchDeadlineMs: number;
  /** Which header holds the secret. */
  readonly secretHeader: string;
  /** What ends the delivery early, beside the request's own signal. */
  readonly signals: readonly AbortSignal[];
}

/**
 * What the request headers of Cloud Tasks say of a delivery. To be read only once the caller is known: anyone can send
 * them.
 *
 * @param request - the delivery's request
 * @param options - see `FactsOptions`
 * @returns the facts; a header that is missing or makes no sense counts as a first attempt's
 */
export function deliveryFacts(
  request: Request,
  { dispatchDeadlineMs, secretHeader, signals }: FactsOptions,
): DeliveryFacts {
  const { headers } = request;
  const number = (name: string): number | undefined => {
    const value = Number.parseFloat(headers.get(name) ?? "");
    return Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  return {
    id: headers.get("X-CloudTasks-TaskName") ?? "",
    queue: headers.get("X-CloudTasks-QueueName") ?? "",
    retryCount: number("X-CloudTasks-TaskRetryCount") ?? 0,
    executionCount: number("X-CloudTasks-TaskExecutionCount") ?? 0,
    scheduledAt: new Date((number("X-CloudTasks-TaskETA") ?? Date.now() / 1000) * 1000),
    previousResponse: number("X-CloudTasks-TaskPreviousResponse"),
    retryReason: headers.get("X-CloudTasks-TaskRetryReason") || undefined,
    request: () => shownRequest(request, secretHeader),
    dispatchDeadlineMs: deadlineFrom(headers.get(DEADLINE_HEADER)) ?? dispatchDeadlineMs,
    signals: [request.signal, ...signals],
  };
}

function deadlineFrom(header: string | null): number | undefined {
  try {
    return header === null ? undefined : durationMs(header as Duration, DEADLINE_HEADER);
  } catch {
    return undefined;
  }
}
