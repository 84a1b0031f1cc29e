import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * An issue that a schema found in a payload.
 *
 * @example
 * ```ts
 * const describe = ({ path, message }: PayloadIssue) => `${path}: ${message}`;
 * ```
 */
export interface PayloadIssue {
  /** The message of the schema. */
  readonly message: string;
  /** The path of the value, such as `payload.items[3].due`. */
  readonly path: string;
}

/**
 * A payload does not match the `input` schema of its task. A push throws it before anything is sent. The worker discards the
 * delivery, because a retry would carry the same payload.
 *
 * @example
 * ```ts
 * if (error instanceof PayloadInvalidError) for (const { path, message } of error.issues) console.error(path, message);
 * ```
 */
export class PayloadInvalidError extends CloudTaskError {
  override readonly name = "PayloadInvalidError";
  declare readonly code: "PAYLOAD_INVALID";
  /** All issues that the schema found. */
  readonly issues: readonly PayloadIssue[];
  constructor(message: string, issues: readonly PayloadIssue[], options?: ErrorOptions) {
    super("PAYLOAD_INVALID", message, options);
    this.issues = issues;
  }
}
