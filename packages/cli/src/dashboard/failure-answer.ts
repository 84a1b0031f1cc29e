import { type Answer, errorAnswer, RpcError } from "@cloudtask/emulator/internal";
import { ApiError, CloudTaskError } from "cloudtask";
import type { RpcStatus } from "cloudtask/internal";

/** The statuses of failures without an answer of the API. */
const STATUSES: Readonly<Record<string, RpcStatus>> = {
  CREDENTIALS_UNAVAILABLE: "UNAUTHENTICATED",
  NETWORK_ERROR: "UNAVAILABLE",
  TIMEOUT: "DEADLINE_EXCEEDED",
  ABORTED: "CANCELLED",
};

/** Converts an error into an answer in the format of the API. The messages of the library state what to do. */
export function failureAnswer(error: unknown): Answer {
  if (error instanceof ApiError) return errorAnswer(new RpcError(error.status, error.message));
  if (error instanceof CloudTaskError) {
    return errorAnswer(new RpcError(STATUSES[error.code] ?? "FAILED_PRECONDITION", error.message));
  }
  // The library rejects an invalid name, for example, with a TypeError.
  const isInvalid = error instanceof TypeError && /^(?:Could not |admin\.)/.test(error.message);
  return errorAnswer(isInvalid ? new RpcError("INVALID_ARGUMENT", error.message) : error);
}
