import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { RemoteDeliveryError } from "../core/errors/remote-delivery-error.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import type { HttpResponse } from "../core/http.ts";
import { type DeliveryFacts, execute } from "../execution/execute.ts";
import type { Registry, TaskRecord } from "../execution/registry.ts";
import { type Envelope, parseEnvelope } from "../payload/envelope.ts";
import type { Connection } from "./connection.ts";
import { createTaskJson } from "./create-task.ts";
import { DEFAULT_DISPATCH_DEADLINE_MS } from "./limits.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushResult } from "./push-options.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** How much of a worker's answer a message shows. */
const MAX_EXCERPT = 500;

/**
 * @param connection - tells the full name of the queue
 * @param push - what was pushed
 * @param client - the client's options
 * @returns what a real push would have brought
 * @throws LimitError where Cloud Tasks would not take the task
 */
export async function eagerResult(
  connection: Connection,
  push: PreparedPush,
  client: ResolvedOptions,
): Promise<PushResult> {
  const id = push.id ?? localId();
  const queueName = await connection.queueName(push.queue);
  // What fails in production must not pass here: the request is made, though not sent.
  createTaskJson(push, queueName, client);
  const name = `${queueName}/tasks/${id}`;
  const scheduleTime = new Date(push.scheduleMs ?? push.nowMs);
  return { name, id, queue: push.queue, scheduleTime, deduplicated: false };
}

/**
 * Runs a task in this process as the worker would: from its body, with validation, dependencies, hooks and deadline.
 *
 * @param registry - the client's
 * @param record - the definition
 * @param push - what was pushed
 * @param id - the id of the task
 * @returns what the handler returned
 * @throws what made the delivery fail, or be discarded
 */
export async function runHere(
  registry: Registry,
  record: TaskRecord,
  push: PreparedPush,
  id: string,
): Promise<unknown> {
  const envelope = parseEnvelope(push.body) as Envelope;
  const headers = { ...push.headers, ...dispatchHeaders(push, id) };
  const facts: DeliveryFacts = {
    id,
    queue: push.queue,
    retryCount: 0,
    executionCount: 0,
    scheduledAt: new Date(push.nowMs),
    previousResponse: undefined,
    retryReason: undefined,
    request: new Request(push.url, { method: "POST", headers, body: push.body }),
    dispatchDeadlineMs: push.dispatchDeadlineMs ?? DEFAULT_DISPATCH_DEADLINE_MS,
    // One of its own: `pushMany` has many deliveries under one signal, and Node warns of a leak at the eleventh listener.
    signals: push.signal ? [AbortSignal.any([push.signal])] : [],
  };
  const outcome = await execute(registry, record, envelope, facts);
  if (outcome.kind === "success") return outcome.result;
  throw outcome.error;
}

/**
 * Sends the request that Cloud Tasks would send, at once.
 *
 * @param connection - sends it
 * @param push - what was pushed
 * @param id - the id of the task
 * @throws RemoteDeliveryError where the worker did not answer with success; NetworkError, TimeoutError where it did not
 * answer
 */
export async function deliverRemotely(connection: Connection, push: PreparedPush, id: string): Promise<void> {
  const limitMs = push.dispatchDeadlineMs ?? DEFAULT_DISPATCH_DEADLINE_MS;
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), limitMs);
  const signal = push.signal ? AbortSignal.any([timeout.signal, push.signal]) : timeout.signal;
  const headers = { ...push.headers, ...dispatchHeaders(push, id) };
  try {
    const sent = { method: "POST", url: push.url, headers, body: push.body, signal } as const;
    refuseFailure(push, await connection.sender.send(sent));
  } catch (cause) {
    if (cause instanceof RemoteDeliveryError) throw cause;
    const what = `delivering "${push.task}" to ${push.url}`;
    if (push.signal?.aborted)
      throw new CloudTaskError("ABORTED", `${what}: given up by its signal; the worker may have run it all the same`, {
        cause: push.signal.reason,
      });
    if (timeout.signal.aborted)
      throw new TimeoutError(`${what}: no answer within ${limitMs / 1000}s`, limitMs, { cause });
    throw new NetworkError(`${what}: no answer; is the worker running there?`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

function refuseFailure(push: PreparedPush, { status, headers, body }: HttpResponse): void {
  const discarded = headers["cloudtask-outcome"] === "discarded";
  if (status >= 200 && status < 300 && !discarded) return;
  const excerpt = body.length > MAX_EXCERPT ? `${body.slice(0, MAX_EXCERPT)}…` : body;
  const how = discarded ? "discarded the task" : `answered ${status}`;
  throw new RemoteDeliveryError(`the worker at ${push.url} ${how} ("${push.task}"): ${excerpt}`, status, body);
}

/** What Cloud Tasks adds to a first attempt. */
function dispatchHeaders(push: PreparedPush, id: string): Readonly<Record<string, string>> {
  return {
    "User-Agent": "Google-Cloud-Tasks",
    "X-CloudTasks-QueueName": push.queue,
    "X-CloudTasks-TaskName": id,
    "X-CloudTasks-TaskRetryCount": "0",
    "X-CloudTasks-TaskExecutionCount": "0",
    "X-CloudTasks-TaskETA": String(push.nowMs / 1000),
  };
}

/** Decimal, as Cloud Tasks picks them. */
function localId(): string {
  return crypto.getRandomValues(new BigUint64Array(1)).join("");
}
