import { ApiError } from "../../core/errors/api-error.ts";
import { hasCode } from "../../core/errors/has-code.ts";
import { lastSegment } from "../../core/resource-name.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import { createTaskJson } from "./create-task-json.ts";
import { CLOCK_ALLOWANCE_MS } from "./limits.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushResult } from "./push-options.ts";
import { traceFailure } from "./push-trace.ts";
import { queueNameOf } from "./queue-name.ts";

/** What of a task the API answers with. */
interface CreatedTask {
  readonly name?: string;
  readonly scheduleTime?: string;
  readonly createTime?: string;
}

/**
 * Creates a task in Cloud Tasks.
 *
 * @param push - what is to be pushed
 * @param client - the client's options
 * @returns what became of it
 * @throws LimitError, ApiError, NetworkError, TimeoutError, CredentialsError
 */
export async function createTask(push: PreparedPush, client: ResolvedOptions): Promise<PushResult> {
  const { trace, signal, route } = push;
  const queueName = await queueNameOf(push, client);
  const json = createTaskJson(push, queueName, client);
  const begun = !signal?.aborted;
  try {
    const { body } = await route.transport.call({
      method: "POST",
      path: `${queueName}/tasks`,
      body: json,
      signal,
      action: `push "${push.task}" to ${queueName}`,
      onRetry: (failure) => traceFailure(trace, failure),
    });
    return created(push, queueName, confirmed(body, push, queueName));
  } catch (error) {
    const taken = hasCode(error, "API_ERROR") && error.status === "ALREADY_EXISTS" && push.id !== undefined;
    if (!taken) {
      if (begun) traceFailure(trace, error);
      throw error;
    }
    const result = created(push, queueName, {});
    // With a name made by chance it can only be the task of a try before this one.
    return { ...result, deduplicated: push.named && (await wasThere(result.name, push)) };
  }
}

/** Whether a name was taken before this push: where none of its own tries may have done it, or by the task's age. */
async function wasThere(name: string, push: PreparedPush): Promise<boolean> {
  if (!push.trace.mayExist) return true;
  const call = { method: "GET", path: name, action: `get ${name}`, signal: push.signal, once: true } as const;
  try {
    const { createTime = "" } = (await push.route.transport.call(call)).body as CreatedTask;
    // `createTime` is cut to the second, so that a task looks up to one second older than it is.
    return Date.parse(createTime) < push.nowMs - CLOCK_ALLOWANCE_MS;
  } catch {
    // It ran and is gone, or may not be asked for: a task that was sent for is nearly always the one that is met.
    return false;
  }
}

/** What something in between answered in place of the API must not pass for a task that was created. */
function confirmed(body: unknown, push: PreparedPush, queueName: string): CreatedTask {
  const task = Object(body) as CreatedTask;
  if (typeof task.name === "string" && task.name !== "") return task;
  throw new ApiError(
    `Could not push "${push.task}" to ${queueName}: the answer names no task, so that nothing says it was created. ` +
      "Is it the address of the Cloud Tasks API that answers there?",
    { status: "UNKNOWN", httpStatus: 200, apiMessage: "" },
  );
}

function created(push: PreparedPush, queueName: string, task: CreatedTask): PushResult {
  const name = task.name ?? `${queueName}/tasks/${push.id ?? ""}`;
  return {
    name,
    id: lastSegment(name),
    queue: push.queue,
    scheduleTime: new Date(task.scheduleTime ?? push.scheduleMs ?? push.nowMs),
    deduplicated: false,
  };
}
