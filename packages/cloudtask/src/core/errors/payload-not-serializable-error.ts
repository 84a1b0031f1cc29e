import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * A payload holds a value that JSON would lose or change, so the push was refused. Not about a payload of the wrong
 * shape: that is `PayloadInvalidError`.
 *
 * @example
 * ```ts
 * if (error instanceof PayloadNotSerializableError) console.error(error.path); // "payload.due"
 * ```
 */
export class PayloadNotSerializableError extends CloudTaskError {
  override readonly name = "PayloadNotSerializableError";
  declare readonly code: "PAYLOAD_NOT_SERIALIZABLE";
  /** Where the value is, such as `payload.items[3].due`. */
  readonly path: string;
  constructor(message: string, path: string, options?: ErrorOptions) {
    super("PAYLOAD_NOT_SERIALIZABLE", message, options);
    this.path = path;
  }
}
