import { hasCode } from "../../core/errors/has-code.ts";
import { type CreatedTask, resultOf } from "./created-task.ts";
import { CLOCK_ALLOWANCE_MS } from "./limits.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushResult } from "./push-options.ts";
import { traceFailure } from "./push-trace.ts";

/**
 * Returns the result of a push whose task exists already.
 *
 * @param error - the error of the create
 * @throws any other error of a create
 */
export function failedCreate(error: unknown, push: PreparedPush, queueName: string): PushResult | Promise<PushResult> {
  const taken = hasCode(error, "API_ERROR") && error.status === "ALREADY_EXISTS" && push.id !== undefined;
  if (!taken) {
    traceFailure(push.trace, error);
    throw error;
  }
  const result = resultOf(push, queueName, {});
  // A random name can only be taken by an earlier attempt of this push.
  return push.named ? withAge(result, push) : result;
}

async function withAge(result: PushResult, push: PreparedPush): Promise<PushResult> {
  return { ...result, deduplicated: await existedBefore(result.name, push) };
}

/**
 * Checks whether the task existed before this push. That is certain if no earlier attempt of this push may have created the task.
 * Otherwise the age of the task decides.
 */
async function existedBefore(name: string, push: PreparedPush): Promise<boolean> {
  if (!push.trace.mayExist) return true;
  const call = { method: "GET", path: name, action: `get ${name}`, signal: push.signal, once: true } as const;
  try {
    const { createTime = "" } = (await push.route.transport.call(call)).body as CreatedTask;
    // `createTime` is truncated to whole seconds, so a task looks up to one second older than it is.
    return Date.parse(createTime) < push.nowMs - CLOCK_ALLOWANCE_MS;
  } catch {
    // The task has already run, or the permission to read it is missing. Most likely an earlier attempt of this push created it.
    return false;
  }
}
