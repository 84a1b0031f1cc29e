import { ApiError } from "../core/errors/api-error.ts";
import { lastSegment } from "../core/resource-name.ts";
import { mayHaveActed } from "../transport/retry-policy.ts";
import type { Connection } from "./connection.ts";
import { createTaskJson } from "./create-task.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushResult } from "./push-options.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/**
 * Creates a task in Cloud Tasks.
 *
 * @param connection - the way to the API
 * @param push - what is to be pushed
 * @param client - the client's options
 * @returns what became of it
 * @throws LimitError, ApiError, NetworkError, TimeoutError, CredentialsError
 */
export async function createTask(
  connection: Connection,
  push: PreparedPush,
  client: ResolvedOptions,
): Promise<PushResult> {
  const queueName = await connection.queueName(push.queue);
  let echo = false;
  try {
    const { body } = await connection.transport.call({
      method: "POST",
      path: `${queueName}/tasks`,
      body: createTaskJson(push, queueName, client),
      signal: push.signal,
      what: `push "${push.task}" to ${queueName}`,
      onRetry: (failure) => {
        echo ||= mayHaveActed(failure);
      },
    });
    return created(push, queueName, body as { readonly name?: string; readonly scheduleTime?: string });
  } catch (error) {
    const taken = error instanceof ApiError && error.status === "ALREADY_EXISTS" && push.id !== undefined;
    if (!taken) throw error;
    // A try of this very push may have created it, and only its answer was lost: then it is no duplicate. With a name made
    // by chance it cannot be anything else.
    return { ...created(push, queueName, {}), deduplicated: push.named && !echo };
  }
}

function created(
  push: PreparedPush,
  queueName: string,
  task: { readonly name?: string; readonly scheduleTime?: string },
): PushResult {
  const name = task.name ?? `${queueName}/tasks/${push.id ?? ""}`;
  return {
    name,
    id: lastSegment(name),
    queue: push.queue,
    scheduleTime: new Date(task.scheduleTime ?? push.scheduleMs ?? push.nowMs),
    deduplicated: false,
  };
}
