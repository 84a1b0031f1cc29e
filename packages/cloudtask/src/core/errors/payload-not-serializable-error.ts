import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * A payload contains a value that JSON would lose or change, such as a `Date` or a `BigInt`. Nothing was sent. A payload that
 * does not match the schema throws `PayloadInvalidError` instead.
 *
 * @example
 * ```ts
 * if (error instanceof PayloadNotSerializableError) console.error(error.path); // "payload.due"
 * ```
 */
export class PayloadNotSerializableError extends CloudTaskError {
  override readonly name = "PayloadNotSerializableError";
  declare readonly code: "PAYLOAD_NOT_SERIALIZABLE";
  /** The path of the value, such as `payload.items[3].due`. */
  readonly path: string;
  constructor(message: string, path: string, options?: ErrorOptions) {
    super("PAYLOAD_NOT_SERIALIZABLE", message, options);
    this.path = path;
  }
}
