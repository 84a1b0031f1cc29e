import type { TestDelivery } from "./test-delivery.ts";

/**
 * Thrown by `drain()` and `advance()`, after all due tasks have run, if some of them failed or were discarded. `errors` contains the
 * error of each such task; `cause` is the first of them.
 *
 * @example
 * ```ts
 * const failure: unknown = await tasks.drain().catch((error: unknown) => error);
 * if (failure instanceof TasksFailedError) expect(failure.failed[0]?.error).toBeInstanceOf(CardDeclined);
 * ```
 */
export class TasksFailedError extends AggregateError {
  override readonly name = "TasksFailedError";
  /** The last delivery of each task that failed or was discarded. */
  readonly failed: readonly TestDelivery[];
  /** All deliveries, in execution order. */
  readonly deliveries: readonly TestDelivery[];

  constructor(message: string, deliveries: readonly TestDelivery[], failed: readonly TestDelivery[]) {
    super(
      failed.map(({ error }) => error),
      message,
      { cause: failed[0]?.error },
    );
    this.failed = failed;
    this.deliveries = deliveries;
  }
}
