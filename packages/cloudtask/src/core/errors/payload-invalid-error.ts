import { CloudTaskError } from "./cloud-task-error.ts";

/** One complaint of a schema about a payload. */
export interface PayloadIssue {
  /** What the schema said. */
  readonly message: string;
  /** Where, such as `payload.items[3].due`. */
  readonly path: string;
}

/**
 * A payload does not fit the `input` schema of its task. At push it is thrown before anything is sent; in the worker it
 * makes the delivery discarded, since a retry would meet the same payload.
 *
 * @example
 * ```ts
 * if (error instanceof PayloadInvalidError) for (const { path, message } of error.issues) console.error(path, message);
 * ```
 */
export class PayloadInvalidError extends CloudTaskError {
  override readonly name = "PayloadInvalidError";
  declare readonly code: "PAYLOAD_INVALID";
  /** Every complaint of the schema. */
  readonly issues: readonly PayloadIssue[];
  constructor(message: string, issues: readonly PayloadIssue[], options?: ErrorOptions) {
    super("PAYLOAD_INVALID", message, options);
    this.issues = issues;
  }
}
