import { CloudTaskError } from "./cloud-task-error.ts";

/** Which limit of Cloud Tasks was passed. */
export type Limit = "task-size" | "headers-size" | "url-length" | "schedule-time" | "dispatch-deadline";

/**
 * A push that Cloud Tasks would refuse, refused before sending: the task or its headers are too large, its URL is too
 * long, it is scheduled too far ahead, or its dispatch deadline is out of range. The message says by how much.
 *
 * @example
 * ```ts
 * if (error instanceof LimitError && error.limit === "task-size") await uploadAndPushTheReference();
 * ```
 */
export class LimitError extends CloudTaskError {
  override readonly name = "LimitError";
  declare readonly code: "LIMIT_EXCEEDED";
  /** Which limit. */
  readonly limit: Limit;
  /**
   * What was asked for: bytes for `task-size` and `headers-size`, characters for `url-length`, milliseconds
   * otherwise.
   */
  readonly actual: number;
  /** The most (or, for a deadline too short, the least) that is accepted, in the same unit. */
  readonly allowed: number;
  constructor(message: string, fields: { readonly limit: Limit; readonly actual: number; readonly allowed: number }) {
    super("LIMIT_EXCEEDED", message);
    this.limit = fields.limit;
    this.actual = fields.actual;
    this.allowed = fields.allowed;
  }
}
