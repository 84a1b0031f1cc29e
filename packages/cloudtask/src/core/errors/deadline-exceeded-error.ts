import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * A delivery ran out of time. It is the reason of `delivery.signal`, which is aborted shortly before the dispatch deadline.
 * The worker answers 504, and Cloud Tasks retries.
 *
 * @example
 * ```ts
 * delivery.signal.addEventListener("abort", () => logger.warn(delivery.signal.reason.message));
 * ```
 */
export class DeadlineExceededError extends CloudTaskError {
  override readonly name = "DeadlineExceededError";
  declare readonly code: "DEADLINE_EXCEEDED";
  /** The time at which Cloud Tasks stops waiting for the answer. */
  readonly deadline: Date;
  constructor(message: string, deadline: Date) {
    super("DEADLINE_EXCEEDED", message);
    this.deadline = deadline;
  }
}
