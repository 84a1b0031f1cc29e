import type { ApiError } from "./api-error.ts";
import { type CloudTaskError, isBrandedError } from "./cloud-task-error.ts";
import type { CredentialsError } from "./credentials-error.ts";
import type { DeadlineExceededError } from "./deadline-exceeded-error.ts";
import type { LimitError } from "./limit-error.ts";
import type { NetworkError } from "./network-error.ts";
import type { NonRetriableError } from "./non-retriable-error.ts";
import type { PayloadInvalidError } from "./payload-invalid-error.ts";
import type { PayloadNotSerializableError } from "./payload-not-serializable-error.ts";
import type { RemoteDeliveryError } from "./remote-delivery-error.ts";
import type { RetryAfterError } from "./retry-after-error.ts";
import type { TeardownError } from "./teardown-error.ts";
import type { TimeoutError } from "./timeout-error.ts";

/** The errors without fields of their own, which need no class. `cloudtask/admin` adds fields to its errors. */
export interface PlainError extends CloudTaskError {
  readonly code:
    | "ABORTED"
    | "CLIENT_CLOSED"
    | "CONFIGURATION_MISSING"
    | "DELETE_MANY_FAILED"
    | "PLAN_FAILED"
    | "PLAN_OUTDATED"
    | "UNKNOWN";
}

/** The errors that core/ defines. The client adds the errors of its own results: see `AnyCloudTaskError`. */
export type CoreError =
  | ApiError
  | CredentialsError
  | DeadlineExceededError
  | LimitError
  | NetworkError
  | NonRetriableError
  | PayloadInvalidError
  | PayloadNotSerializableError
  | PlainError
  | RemoteDeliveryError
  | RetryAfterError
  | TeardownError
  | TimeoutError;

/** Checks the code of an error. Used instead of `instanceof`, which fails for the errors of another copy of the package. */
export function hasCode<Code extends CoreError["code"]>(
  error: unknown,
  code: Code,
): error is CoreError & { readonly code: Code } {
  return isBrandedError(error) && error.code === code;
}
