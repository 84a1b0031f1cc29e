import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import { mayHaveActed } from "../transport/retry-policy.ts";
import type { Transport } from "../transport/transport.ts";
import type { PushResult } from "./push/push-options.ts";

/**
 * @param task - what a push resolved to, or a task's full resource name
 * @returns the name
 * @throws TypeError where it is none
 */
export function nameOfTask(task: string | Pick<PushResult, "name">): string {
  const name = typeof task === "string" ? task : String(Object(task).name);
  if (/^projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+\/tasks\/[^/]+$/.test(name)) return name;
  throw new TypeError(`client.deleteTask(): expected projects/…/locations/…/queues/…/tasks/…, received "${name}"`);
}

/**
 * @param transport - the way to the API
 * @param name - the task's full resource name
 * @param options - `signal` gives it up; `once`: not repeated where it fails
 * @returns whether there was one
 * @throws ApiError, NetworkError, TimeoutError, CredentialsError
 */
export async function deleteTask(
  transport: Transport,
  name: string,
  options: { readonly signal?: AbortSignal | undefined; readonly once?: true } = {},
): Promise<boolean> {
  let echo = false;
  const onRetry = (failure: CloudTaskError): void => {
    echo ||= mayHaveActed(failure);
  };
  try {
    await transport.call({ ...options, method: "DELETE", path: name, action: `delete ${name}`, onRetry });
    return true;
  } catch (error) {
    // A try of this very call may have deleted it, and only its answer was lost.
    if (hasCode(error, "API_ERROR") && error.status === "NOT_FOUND") return echo;
    throw error;
  }
}
