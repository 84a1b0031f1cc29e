import type { RpcStatus } from "cloudtask/internal";
import type { ErrorDetail } from "./error-details.ts";

/** The failure of an API call: the name of a google.rpc code, the message of the real service, and details. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly status: RpcStatus;
  readonly details: readonly ErrorDetail[];

  constructor(status: RpcStatus, message: string, details: readonly ErrorDetail[] = []) {
    super(message);
    this.status = status;
    this.details = details;
  }

  /** Returns an RpcError unchanged and converts any other error to INTERNAL. */
  static from(error: unknown): RpcError {
    if (error instanceof RpcError) return error;
    return new RpcError("INTERNAL", error instanceof Error ? `Internal error: ${error.message}` : "Internal error");
  }
}

/** Creates an error with the code INVALID_ARGUMENT. */
export function invalidArgument(message: string, details?: readonly ErrorDetail[]): RpcError {
  return new RpcError("INVALID_ARGUMENT", message, details);
}

/** Creates the error for a task or queue that never existed. */
export function notFound(): RpcError {
  return new RpcError("NOT_FOUND", "Requested entity was not found.");
}

/** Creates the error of values that Cloud Tasks rejects without naming them. */
export function badArgument(): RpcError {
  return invalidArgument("Request contains an invalid argument.");
}
