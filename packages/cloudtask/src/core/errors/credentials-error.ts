import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * No access token for the Cloud Tasks API could be had. The message says which sources were asked and what to do.
 *
 * @example
 * ```ts
 * if (error instanceof CredentialsError) console.error("run: gcloud auth application-default login");
 * ```
 */
export class CredentialsError extends CloudTaskError {
  override readonly name = "CredentialsError";
  declare readonly code: "CREDENTIALS_UNAVAILABLE";
  constructor(message: string, options?: ErrorOptions) {
    super("CREDENTIALS_UNAVAILABLE", message, options);
  }
}
