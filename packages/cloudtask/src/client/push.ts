import { ApiError } from "../core/errors/api-error.ts";
import { lastSegment } from "../core/resource-name.ts";
import type { Connection } from "./connection.ts";
import { createTaskJson } from "./create-task.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushResult } from "./push-options.ts";
import { traceFailure } from "./push-trace.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** What of a task the API answers with. */
interface CreatedTask {
  readonly name?: string;
  readonly scheduleTime?: string;
  readonly createTime?: string;
}

/**
 * How much older than the push a task must look to be older. `createTime` is cut to the second, so it is up to one second
 * early; the rest is for this machine's clock, which is Google's give or take milliseconds where it is kept in step, and
 * seconds where a container was just resumed.
 */
const CLOCK_ALLOWANCE_MS = 5_000;

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
  const { trace, signal } = push;
  const queueName = await connection.queueName(push.queue);
  const json = createTaskJson(push, queueName, client);
  const startMs = Date.now();
  const begun = !signal?.aborted;
  try {
    const { body } = await connection.transport.call({
      method: "POST",
      path: `${queueName}/tasks`,
      body: json,
      signal,
      what: `push "${push.task}" to ${queueName}`,
      onRetry: (failure) => traceFailure(trace, failure),
    });
    return created(push, queueName, body as CreatedTask);
  } catch (error) {
    const taken = error instanceof ApiError && error.status === "ALREADY_EXISTS" && push.id !== undefined;
    if (!taken) {
      if (begun) traceFailure(trace, error);
      throw error;
    }
    const result = created(push, queueName, {});
    // With a name made by chance it can only be the task of a try before this one.
    return { ...result, deduplicated: push.named && (await wasThere(connection, result.name, push, startMs)) };
  }
}

/** Whether a name was taken before this push: where none of its own tries may have done it, or by the task's age. */
async function wasThere(connection: Connection, name: string, push: PreparedPush, startMs: number): Promise<boolean> {
  if (!push.trace.mayExist) return true;
  const call = { method: "GET", path: name, what: `get ${name}`, signal: push.signal, once: true } as const;
  try {
    const { createTime = "" } = (await connection.transport.call(call)).body as CreatedTask;
    return Date.parse(createTime) < startMs - CLOCK_ALLOWANCE_MS;
  } catch {
    // It ran and is gone, or may not be asked for: a task that was sent for is nearly always the one that is met.
    return false;
  }
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
