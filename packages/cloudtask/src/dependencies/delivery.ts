import type { Dependencies, Dependency, Resolved } from "./dependency.ts";

/** The service that made a delivery. */
export type DeliverySource = "cloud-tasks" | "cloud-scheduler";

/**
 * One attempt to run a task, as the worker sees it.
 *
 * The worker reads most of it from the request headers of Cloud Tasks, after it has authenticated the caller. Source:
 * https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler
 *
 * @example
 * ```ts
 * client.task("report", async (month: string, { delivery }) => {
 *   console.log(`attempt ${delivery.attempt} of ${delivery.id}, due at ${delivery.scheduledAt.toISOString()}`);
 *   return reports.create(month, { signal: delivery.signal });
 * });
 * ```
 */
export interface Delivery {
  /** The name of the task definition, such as `process-order`. */
  readonly task: string;
  /**
   * The service that made the delivery. A Cloud Scheduler job can call the worker directly:
   * https://cloud.google.com/scheduler/docs
   */
  readonly source: DeliverySource;
  /** The id of the task in its queue. For Cloud Scheduler, the job and the scheduled time, such as `nightly@2026-01-01T02:00:00Z`. */
  readonly id: string;
  /** The id of the queue. Empty for Cloud Scheduler. */
  readonly queue: string;
  /** The number of this attempt, counted from 1. Always 1 for Cloud Scheduler, which does not count its attempts. */
  readonly attempt: number;
  /**
   * `true` if the task is discarded when this attempt fails, because it reaches the limits of the task's `retry`. With
   * `maxRetryDuration`, it can become `true` during the run. `undefined` if the task has no `retry`, because only the queue knows
   * its own limits. `false` does not guarantee another run, because the process may end in every following attempt.
   */
  readonly isLastAttempt: boolean | undefined;
  /** The number of retries so far, for any reason; 0 on the first attempt. */
  readonly retryCount: number;
  /**
   * The number of earlier attempts that a worker answered with any status except 5xx. For an App Engine task, the number of
   * earlier attempts that it answered at all. This is not the number of attempts.
   */
  readonly executionCount: number;
  /** The time at which this attempt was due. */
  readonly scheduledAt: Date;
  /** The HTTP status of the previous attempt. `undefined` on the first attempt, and if the previous one got no answer. */
  readonly previousResponse: number | undefined;
  /** The reason of the retry, if Cloud Tasks states one. */
  readonly retryReason: string | undefined;
  /** The time at which Cloud Tasks stops waiting for the answer. */
  readonly deadline: Date;
  /**
   * Aborts shortly before `deadline`, when the caller disconnects, and when `worker.close()` has waited for its grace period.
   */
  readonly signal: AbortSignal;
  /** The request, without the secret and without tokens. Its body has already been read. */
  readonly request: Request;
  /**
   * Resolves a dependency now, for a handler that needs it only in some cases. The instance belongs to this delivery: it is
   * shared with everything else in it, and torn down after it.
   *
   * @param dependency - a dependency created by `depends()`
   * @returns the value of the dependency
   * @throws TypeError after the delivery is over; the error of the factory
   *
   * @example
   * ```ts
   * if (order.isLarge) await (await delivery.use(getFraudCheck)).run(order);
   * ```
   */
  use<T>(dependency: Dependency<T>): Promise<T>;
}

/** The context of a handler, or of a factory with the scope `"delivery"`: the resolved dependencies and the delivery. */
export type WithDelivery<Deps extends Dependencies> = Resolved<Deps> & { readonly delivery: Delivery };
