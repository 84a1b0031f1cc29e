import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * A delivery ran out of time: the reason of `delivery.signal` once the dispatch deadline is near. The worker answers 504
 * and Cloud Tasks retries.
 *
 * @example
 * ```ts
 * delivery.signal.addEventListener("abort", () => logger.warn(delivery.signal.reason.message));
 * ```
 */
export class DeadlineExceededError extends CloudTaskError {
  override readonly name = "DeadlineExceededError";
  declare readonly code: "DEADLINE_EXCEEDED";
  /** When Cloud Tasks stops waiting for the answer. */
  readonly deadline: Date;
  constructor(message: string, deadline: Date) {
    super("DEADLINE_EXCEEDED", message);
    this.deadline = deadline;
  }
}
