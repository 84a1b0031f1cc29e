import type { CheckedQueue } from "../../core/check-queues.ts";
import type { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import { hasCode } from "../../core/errors/has-code.ts";
import { mayHaveActed } from "../../transport/may-have-acted.ts";
import { realRuntime } from "../../transport/with-retry.ts";
import type { AdminContext, CallOptions } from "../admin-context.ts";
import { resourceOf } from "../answer.ts";
import { withQuery } from "../list-pages.ts";
import { withBeta } from "./beta-call.ts";
import type { Queue } from "./queue.ts";
import { type FieldSetting, fieldsJson, namedFields, versionFor } from "./queue-field.ts";
import { readQueue } from "./read-queue.ts";

/** Reads a queue with its statistics, from v2beta3 if the API offers it. */
export async function getQueue(context: AdminContext, name: string, { signal }: CallOptions): Promise<Queue> {
  const action = `get ${name}`;
  const { body } = await withBeta((version) => {
    const path = withQuery(name, { readMask: version && "*,stats" });
    return context.transport.call({ method: "GET", path, version, signal, action });
  });
  return readQueue(resourceOf(body, action));
}

/**
 * Creates a queue. Cloud Tasks creates every queue in the state RUNNING, so a paused queue needs a second call.
 *
 * @throws ApiError with the status `ALREADY_EXISTS` if the queue exists
 */
export async function createQueue(
  context: AdminContext,
  name: string,
  settings: CheckedQueue,
  options: CallOptions,
): Promise<Queue> {
  const queue = await createRunning(context, name, settings, options);
  return settings.paused ? pauseNewQueue(context, name, options) : queue;
}

/** A new queue can take some minutes to work. Source: https://cloud.google.com/tasks/docs/creating-queues */
const READY_WITHIN_MS = 180_000;
const LONGEST_DELAY_MS = 10_000;

async function pauseNewQueue(context: AdminContext, name: string, options: CallOptions): Promise<Queue> {
  let waitedMs = 0;
  for (let delayMs = 100; ; delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS)) {
    try {
      return await switchQueue(context, name, "pause", options);
    } catch (error) {
      const isNew = hasCode(error, "API_ERROR") && ["NOT_FOUND", "FAILED_PRECONDITION"].includes(error.status);
      if (!isNew || waitedMs >= READY_WITHIN_MS) throw error;
    }
    await realRuntime.sleep(delayMs, options.signal);
    waitedMs += delayMs;
  }
}

async function createRunning(
  context: AdminContext,
  name: string,
  settings: CheckedQueue,
  { signal }: CallOptions,
): Promise<Queue> {
  const fields = namedFields(settings);
  const version = versionFor(fields);
  const action = `create ${name}`;
  const path = name.slice(0, name.lastIndexOf("/"));
  const request = JSON.stringify({ name, ...fieldsJson(fields, version).queue });
  let mayExist = false;
  const onRetry = (failure: CloudTaskError): void => {
    mayExist ||= mayHaveActed(failure);
  };
  try {
    const call = { method: "POST", path, version, body: request, signal, action, onRetry } as const;
    const { body } = await context.transport.call(call);
    return readQueue(resourceOf(body, action));
  } catch (error) {
    const isTaken = hasCode(error, "API_ERROR") && error.status === "ALREADY_EXISTS";
    // An earlier attempt of this call may have created the queue although its answer was lost.
    if (isTaken && mayExist) return getQueue(context, name, { signal });
    throw error;
  }
}

/** Changes fields of an existing queue. Cloud Tasks would create a missing one. */
export async function updateQueue(
  context: AdminContext,
  name: string,
  fields: readonly FieldSetting[],
  { signal }: CallOptions,
): Promise<Queue> {
  const version = versionFor(fields);
  const { queue, paths } = fieldsJson(fields, version);
  const action = `update ${name}`;
  const path = withQuery(name, { updateMask: paths.join(",") });
  const request = JSON.stringify({ name, ...queue });
  const { body } = await context.transport.call({ method: "PATCH", path, version, body: request, signal, action });
  return readQueue(resourceOf(body, action));
}

/**
 * Pauses, resumes or purges a queue. A purge is not repeated after a failure: it would also delete the tasks that were created after
 * the first attempt.
 */
export async function switchQueue(
  context: AdminContext,
  name: string,
  method: "pause" | "resume" | "purge",
  { signal }: CallOptions,
): Promise<Queue> {
  const action = `${method} ${name}`;
  const call = { method: "POST", path: `${name}:${method}`, body: "{}", signal, action } as const;
  const { body } = await context.transport.call(method === "purge" ? { ...call, once: true } : call);
  return readQueue(resourceOf(body, action));
}
