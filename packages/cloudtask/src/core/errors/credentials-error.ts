import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * No access token for the Cloud Tasks API is available. The message lists the sources that were tried, and the remedy.
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
