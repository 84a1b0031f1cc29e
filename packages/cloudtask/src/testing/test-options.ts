import type { Duration } from "../core/duration.ts";
import type { TimeInput } from "../core/time-input.ts";
import type { Dependency } from "../dependencies/dependency.ts";

/** How a test client begins. */
export interface TestClientOptions {
  /** What its clock shows at first. Default: the present. It stands still until it is turned. */
  readonly now?: TimeInput | undefined;
  /**
   * Called whenever its clock is turned, with the new time, before what is then due runs: for turning other clocks along, such
   * as the `Date` that a test runner fakes.
   */
  readonly onTurn?: ((now: Date) => void) | undefined;
}

/** Which attempt a delivery is. */
export interface AttemptOptions<Replaced extends readonly unknown[] = readonly unknown[]> {
  /** 1 is the first. Default 1; of a recorded push, the one after those that failed. */
  readonly attempt?: number | undefined;
  /** The HTTP status that the attempt before was answered with; `null` for none. Default 500 from the second attempt on. */
  readonly previousResponse?: number | null | undefined;
  /**
   * How many attempts before it were answered with anything but a 5xx (of an App Engine task: at all), and so do not count towards
   * `maxAttempts`. Default: 1 where `previousResponse` is such a one (of an App Engine task: all before it), otherwise 0.
   */
  readonly executionCount?: number | undefined;
  /** When it was due: `delivery.scheduledAt`. Default: the test client's present. */
  readonly scheduledAt?: TimeInput | undefined;
  /** Whose abort is the caller's end: `delivery.signal` aborts, as where Cloud Tasks hangs up. */
  readonly signal?: AbortSignal | undefined;
  /** Dependencies, and what stands in for each in this delivery alone; otherwise as `client.override()` does. */
  readonly overrides?:
    | { readonly [Index in keyof Replaced]: readonly [Dependency<Replaced[Index]>, Replacement<Replaced[Index]>] }
    | undefined;
}

type Replacement<T> = NoInfer<T> | Dependency<NoInfer<T>>;

/** How a task is delivered that was not pushed: what a push of it would say, and which attempt it is. */
export interface DeliverOptions<Replaced extends readonly unknown[] = readonly unknown[]>
  extends AttemptOptions<Replaced> {
  /** The queue that it comes from. Default: the definition's, or the client's. */
  readonly queue?: string | undefined;
  /** The name that it was pushed under. Default: none, so that its id is made by chance. */
  readonly name?: string | undefined;
  /** Headers of the push. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The push's own dispatch deadline, which runs by the machine's time. */
  readonly dispatchDeadline?: Duration | undefined;
}

/** How `drain()` and `advance()` run what is due. */
export interface RunOptions {
  /**
   * After how many attempts, all told, a task that fails is given up; between them the clock is turned by the backoff of a queue
   * that says nothing of it (100 ms, doubling up to an hour), or by what `RetryAfterError` asks for. A definition's `maxAttempts`
   * ends it sooner. Default 1.
   */
  readonly attempts?: number | undefined;
  /** Returns deliveries that failed or were discarded beside the others, rather than reject. Default `false`. */
  readonly allowFailures?: boolean | undefined;
  /** After how many deliveries it ends with an error, taking it that there is no end. Default 1,000. */
  readonly limit?: number | undefined;
}
