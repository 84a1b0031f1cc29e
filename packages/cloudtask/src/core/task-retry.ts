import { RETRY_HEADER } from "./headers.ts";
import {
  checkRetry,
  DEFAULT_RETRY,
  type ResolvedRetry,
  type RetryConfigJson,
  retryConfigJson,
} from "./retry-settings.ts";

/** The limits after which a task is no longer retried. If there are two, both must be reached. */
export interface RetryLimits {
  /** -1 for no limit. */
  readonly maxAttempts: number;
  /** 0 for no limit. */
  readonly maxRetryDurationMs: number;
}

/** The retry settings of a task that has its own. */
export interface TaskRetry {
  readonly retry: ResolvedRetry;
  /** The limits that Cloud Tasks was given. */
  readonly service: RetryLimits;
  /** The time from which the task was due, in milliseconds since the epoch. */
  readonly dueMs: number;
}

/**
 * The attempts and the time that Cloud Tasks gets beyond the limits of a task. They are for attempts that never reach a handler,
 * such as those rejected with 401, 404 or 429 during a deploy or an overload. No worker can discard a task then, so Cloud Tasks must
 * not drop it. A hundred attempts are its own default, and a day is enough for somebody to repair the worker.
 */
const SERVICE_MARGIN: RetryLimits = { maxAttempts: 100, maxRetryDurationMs: 86_400_000 };

const MAX_INT32 = 2 ** 31 - 1;

/** The longest google.protobuf.Duration. */
const LONGEST_MS = 315_576_000_000_000;

/**
 * Returns the limits of a task, at which the worker discards it. A duration without `maxAttempts` is the only limit. Without both,
 * the default of Cloud Tasks applies.
 */
export function retryLimits({ maxAttempts, maxRetryDurationMs = 0 }: ResolvedRetry): RetryLimits {
  return {
    maxAttempts: maxAttempts ?? (maxRetryDurationMs > 0 ? -1 : DEFAULT_RETRY.maxAttempts),
    maxRetryDurationMs,
  };
}

/** Returns the retry settings of a new task, or `undefined` if it has none of its own and the settings of its queue apply. */
export function createTaskRetry(retry: ResolvedRetry, dueMs: number): TaskRetry | undefined {
  if (Object.keys(retry).length === 0) return undefined;
  return { retry, service: serviceLimits(retryLimits(retry)), dueMs };
}

/** Returns the task's `retryConfig`: its backoff, and the limits of Cloud Tasks. */
export function taskRetryConfig({ retry, service }: TaskRetry): RetryConfigJson | undefined {
  return retryConfigJson({ ...retry, ...service });
}

/** Returns the value of the header that passes the settings to the worker, because Cloud Tasks does not. */
export function retryHeader({ retry, service, dueMs }: TaskRetry): string {
  return JSON.stringify({
    ...retryConfigJson(retry),
    service: retryConfigJson(service),
    due: new Date(dueMs).toISOString(),
  });
}

/** Reads that header. An invalid value is ignored, as if the task had no settings of its own. */
export function parseRetryHeader(header: string | null): TaskRetry | undefined {
  if (header === null) return undefined;
  try {
    const { service, due, ...retry } = JSON.parse(header) as Readonly<Record<string, unknown>>;
    const { maxAttempts = -1, maxRetryDurationMs = 0 } = checkRetry(service, RETRY_HEADER);
    const dueMs = Date.parse(String(due));
    if (Number.isNaN(dueMs)) return undefined;
    return { retry: checkRetry(retry, RETRY_HEADER), service: { maxAttempts, maxRetryDurationMs }, dueMs };
  } catch {
    return undefined;
  }
}

function serviceLimits({ maxAttempts, maxRetryDurationMs }: RetryLimits): RetryLimits {
  if (maxAttempts === -1 && maxRetryDurationMs === 0) return { maxAttempts: -1, maxRetryDurationMs: 0 };
  return {
    maxAttempts: Math.min(Math.max(0, maxAttempts) + SERVICE_MARGIN.maxAttempts, MAX_INT32),
    maxRetryDurationMs: Math.min(maxRetryDurationMs + SERVICE_MARGIN.maxRetryDurationMs, LONGEST_MS),
  };
}
