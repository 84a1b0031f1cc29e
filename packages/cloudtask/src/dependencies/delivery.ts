import type { Dependencies, Dependency, Resolved } from "./dependency.ts";

/**
 * One attempt as the worker sees it: which task, which attempt, from which queue, until when.
 *
 * What Cloud Tasks says of it is read from its request headers after the caller was authenticated. Source of those:
 * https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler
 */
export interface Delivery {
  /** The name of the task definition, such as `process-order`. */
  readonly task: string;
  /** The id of the task in its queue. */
  readonly id: string;
  /** The id of the queue. */
  readonly queue: string;
  /** Which attempt this is; 1 is the first. */
  readonly attempt: number;
  /**
   * Whether this is the last attempt that the definition's `maxAttempts` allows: where it fails, the task is discarded.
   * `undefined` where the definition sets no limit, since only the queue knows its own. `false` promises no other attempt: the
   * queue may allow fewer.
   */
  readonly isLastAttempt: boolean | undefined;
  /** How often the task was retried so far, for any reason; 0 on the first attempt. */
  readonly retryCount: number;
  /**
   * How often a worker answered so far with anything but a 5xx; for a task of App Engine, how often it answered at all. Not
   * the number of attempts.
   */
  readonly executionCount: number;
  /** When this attempt was due. */
  readonly scheduledAt: Date;
  /** The HTTP status of the attempt before; `undefined` on the first, and where nobody answered. */
  readonly previousResponse: number | undefined;
  /** Why Cloud Tasks retries, where it says so. */
  readonly retryReason: string | undefined;
  /** When Cloud Tasks stops waiting for the answer. */
  readonly deadline: Date;
  /** Aborts shortly before `deadline`, when the caller is gone, and when the worker gives up waiting on `close()`. */
  readonly signal: AbortSignal;
  /** The request that carried it. Its body has been read. */
  readonly request: Request;
  /**
   * Resolves a dependency now, for a handler that needs it only on some paths. The instance is the delivery's own: the
   * same as everything else in it gets, torn down with the rest.
   *
   * @param dependency - made by `depends()`
   * @returns what it provides
   * @throws TypeError once the delivery is over; whatever its factory throws
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
