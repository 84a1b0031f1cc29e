import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import { mayHaveActed } from "./may-have-acted.ts";
import type { Transport } from "./transport.ts";

/**
 * Deletes a task or a queue. `once` disables retries.
 *
 * @returns `true` if it existed
 * @throws ApiError, NetworkError, TimeoutError, CredentialsError
 */
export async function deleteResource(
  transport: Transport,
  name: string,
  options: { readonly signal?: AbortSignal | undefined; readonly once?: true } = {},
): Promise<boolean> {
  let mayBeDeleted = false;
  const onRetry = (failure: CloudTaskError): void => {
    mayBeDeleted ||= mayHaveActed(failure);
  };
  try {
    await transport.call({ ...options, method: "DELETE", path: name, action: `delete ${name}`, onRetry });
    return true;
  } catch (error) {
    // An earlier attempt of this call may have deleted it although its answer was lost.
    if (hasCode(error, "API_ERROR") && error.status === "NOT_FOUND") return mayBeDeleted;
    throw error;
  }
}
