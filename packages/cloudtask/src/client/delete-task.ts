import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import { mayHaveActed } from "../transport/retry-policy.ts";
import type { Transport } from "../transport/transport.ts";
import type { PushResult } from "./push/push-options.ts";

/** Returns the resource name of a task from the argument of `client.deleteTask()`. */
export function nameOfTask(task: string | Pick<PushResult, "name">): string {
  const name = typeof task === "string" ? task : String(Object(task).name);
  if (/^projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+\/tasks\/[^/]+$/.test(name)) return name;
  throw new TypeError(`client.deleteTask(): expected projects/…/locations/…/queues/…/tasks/…, received "${name}"`);
}

/**
 * Deletes a task. `once` disables retries.
 *
 * @returns `true` if the task existed
 * @throws ApiError, NetworkError, TimeoutError, CredentialsError
 */
export async function deleteTask(
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
    // An earlier attempt of this call may have deleted the task although its answer was lost.
    if (hasCode(error, "API_ERROR") && error.status === "NOT_FOUND") return mayBeDeleted;
    throw error;
  }
}
