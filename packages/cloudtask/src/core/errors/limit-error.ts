import { CloudTaskError } from "./cloud-task-error.ts";

/** A limit of Cloud Tasks. */
export type TaskLimit = "task-size" | "headers-size" | "url-length" | "schedule-time" | "dispatch-deadline";

/**
 * A push exceeds a limit of Cloud Tasks: the task or its headers are too large, its URL is too long, its schedule time is too
 * far ahead, or its dispatch deadline is out of range. Nothing was sent. The message contains the limit and the actual value.
 *
 * @example
 * ```ts
 * if (error instanceof LimitError && error.limit === "task-size") await uploadAndPushTheReference();
 * ```
 */
export class LimitError extends CloudTaskError {
  override readonly name = "LimitError";
  declare readonly code: "LIMIT_EXCEEDED";
  /** The exceeded limit. */
  readonly limit: TaskLimit;
  /** The actual value: bytes for `task-size` and `headers-size`, characters for `url-length`, milliseconds otherwise. */
  readonly actual: number;
  /** The highest allowed value, in the same unit. For a deadline that is too short, the lowest. */
  readonly allowed: number;
  constructor(
    message: string,
    fields: { readonly limit: TaskLimit; readonly actual: number; readonly allowed: number },
  ) {
    super("LIMIT_EXCEEDED", message);
    this.limit = fields.limit;
    this.actual = fields.actual;
    this.allowed = fields.allowed;
  }
}
