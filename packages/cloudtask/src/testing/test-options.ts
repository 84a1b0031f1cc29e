import { rejectUnknownOptions } from "../core/check-options.ts";
import type { Duration } from "../core/duration.ts";
import type { RetrySettings } from "../core/retry-settings.ts";
import type { TimeInput } from "../core/time-input.ts";
import type { Dependency } from "../dependencies/dependency.ts";

/**
 * Options of `testClient()`.
 *
 * @example
 * ```ts
 * using tasks = testClient(client, { now: "2030-01-01T00:00:00Z", onTimeChange: (now) => vi.setSystemTime(now) });
 * ```
 */
export interface TestClientOptions {
  /** The initial time of the test client's clock. Default: the current time. */
  readonly now?: TimeInput | undefined;
  /**
   * Called with the new time whenever the test client's clock changes, before the tasks due at that time run. Use it to set
   * another clock to the same time, such as the `Date` that your test runner fakes.
   */
  readonly onTimeChange?: ((now: Date) => void) | undefined;
}

/**
 * Options of `deliver()` for a recorded push: the attempt to make, and the dependencies to replace.
 *
 * @example
 * ```ts
 * for (const push of tasks.pushed(chargeCard)) {
 *   await tasks.deliver(push, { attempt: 3, previousResponse: 503, overrides: [[getDb, fakeDb]] });
 * }
 * ```
 */
export interface AttemptOptions<Values extends readonly unknown[] = readonly unknown[]> {
  /** The number of the attempt; 1 is the first. Default: 1, or for a recorded push the one after its failed attempts. */
  readonly attempt?: number | undefined;
  /** The HTTP status of the previous attempt; `null` for none. Default: 500 from the second attempt on. */
  readonly previousResponse?: number | null | undefined;
  /**
   * The number of earlier attempts that were answered with a status other than 5xx, or for an App Engine task with any status. They do
   * not count towards `retry.maxAttempts`. Default: 1 if `previousResponse` is such a status, otherwise 0; for an App Engine task
   * `attempt - 1`.
   */
  readonly executionCount?: number | undefined;
  /** The time at which the attempt was due, `delivery.scheduledAt`. Default: the test client's current time. */
  readonly scheduledAt?: TimeInput | undefined;
  /** Aborts `delivery.signal`, as if Cloud Tasks had closed the connection. */
  readonly signal?: AbortSignal | undefined;
  /** Pairs of a dependency and its replacement, for this delivery only. For all deliveries, use `client.override()`. */
  readonly overrides?:
    | { readonly [Index in keyof Values]: readonly [Dependency<Values[Index]>, DependencyReplacement<Values[Index]>] }
    | undefined;
}

/**
 * A replacement of a dependency in a delivery: a value, or another dependency.
 *
 * @example
 * ```ts
 * const fake: DependencyReplacement<{ send(to: string): void }> = { send: () => undefined };
 * ```
 */
export type DependencyReplacement<T> = NoInfer<T> | Dependency<NoInfer<T>>;

/**
 * Options of `deliver()` for a task that was not pushed: the options of its push, and the attempt to make.
 *
 * @example
 * ```ts
 * await tasks.deliver(chargeCard({ orderId: 1 }), { queue: "payments", headers: { "X-Tenant": "acme" }, attempt: 2 });
 * ```
 */
export interface DeliverOptions<Values extends readonly unknown[] = readonly unknown[]> extends AttemptOptions<Values> {
  /** The id of the queue. Default: the definition's or the client's queue. */
  readonly queue?: string | undefined;
  /** The name of the push, as in `push({ name })`. Default: none, so the task has a random id. */
  readonly name?: string | undefined;
  /** The headers of the push, as in `push({ headers })`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The retries of the push, as in `push({ retry })`. */
  readonly retry?: RetrySettings | undefined;
  /** The dispatch deadline of the push. It uses the timers of the runtime, not the test client's clock. */
  readonly dispatchDeadline?: Duration | undefined;
}

/**
 * Options of `drain()` and `advance()`.
 *
 * @example
 * ```ts
 * const deliveries = await tasks.drain({ attempts: 5, allowFailures: true });
 * ```
 */
export interface RunOptions {
  /**
   * Maximum number of attempts per task. Between two attempts the clock advances by the backoff of the task's `retry`, by default 100 ms,
   * doubling up to an hour, or by the delay of a `RetryAfterError`. The limits of `retry` may end the task earlier. Default: 1.
   */
  readonly attempts?: number | undefined;
  /** `true` to resolve with all deliveries, including failed and discarded ones, instead of rejecting. Default: `false`. */
  readonly allowFailures?: boolean | undefined;
  /**
   * Maximum number of deliveries. The call rejects instead of making one more, which ends a test whose tasks push themselves
   * endlessly. Default: 1,000.
   */
  readonly limit?: number | undefined;
}

const ATTEMPT: { readonly [Option in keyof Required<AttemptOptions>]: true } = {
  attempt: true,
  executionCount: true,
  overrides: true,
  previousResponse: true,
  scheduledAt: true,
  signal: true,
};

const DELIVER: { readonly [Option in keyof Required<DeliverOptions>]: true } = {
  ...ATTEMPT,
  dispatchDeadline: true,
  headers: true,
  name: true,
  queue: true,
  retry: true,
};

/** Names of other libraries, or of `delivery`, for the same options. */
const ALIASES = { deps: "overrides", retryCount: "attempt", id: "name", at: "scheduledAt" } as const;

/** @throws TypeError if an option is unknown or invalid */
export function checkAttemptOptions(options: AttemptOptions): AttemptOptions {
  rejectUnknownOptions(options, Object.keys(ATTEMPT), "tasks.deliver() of a recorded push", ALIASES);
  return checkValues(options);
}

/** @throws TypeError if an option is unknown or invalid */
export function checkDeliverOptions(options: DeliverOptions): DeliverOptions {
  rejectUnknownOptions(options, Object.keys(DELIVER), "tasks.deliver()", ALIASES);
  return checkValues(options);
}

/** @throws TypeError unless the value is a positive integer */
export function checkPositiveInteger(value: unknown, name: string): number {
  if (Number.isInteger(value) && Number(value) >= 1) return Number(value);
  throw new TypeError(`${name} must be a positive integer, received ${String(value)}`);
}

function checkValues<Options extends AttemptOptions>(options: Options): Options {
  const { attempt, previousResponse, executionCount } = options;
  if (attempt !== undefined) checkPositiveInteger(attempt, "tasks.deliver(): attempt");
  if (executionCount !== undefined && !(Number.isInteger(executionCount) && executionCount >= 0)) {
    throw new TypeError(`tasks.deliver(): executionCount must be an integer of 0 or more, received ${executionCount}`);
  }
  const isStatus =
    Number.isInteger(previousResponse) && Number(previousResponse) >= 100 && Number(previousResponse) < 600;
  if (previousResponse === undefined || previousResponse === null || isStatus) return options;
  throw new TypeError(
    `tasks.deliver(): previousResponse must be an HTTP status such as 500, or null, received ${previousResponse}`,
  );
}
