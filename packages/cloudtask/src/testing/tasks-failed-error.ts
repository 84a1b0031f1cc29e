import type { TestDelivery } from "./test-delivery.ts";

/**
 * Some of the tasks that `drain()` or `advance()` ran failed or were discarded. Thrown once the rest have run. `errors` holds what
 * each of them threw, and `cause` the first of it.
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
  /** All deliveries, in the order in which they ran. */
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
