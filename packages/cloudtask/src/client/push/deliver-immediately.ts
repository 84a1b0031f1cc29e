import { forwardAbort } from "../../core/abort-signal.ts";
import { attemptHeaders } from "../../core/attempt-headers.ts";
import { execute } from "../../execution/execute.ts";
import { noHandlerMessage } from "../../execution/no-handler-message.ts";
import { redactedRequest } from "../../execution/redacted-request.ts";
import { isHandled, type Registry } from "../../execution/registry.ts";
import type { DeliveryFacts } from "../../execution/run.ts";
import { type Envelope, parseEnvelope } from "../../payload/codec.ts";
import { DEFAULT_DISPATCH_DEADLINE_MS } from "./limits.ts";
import type { PreparedPush } from "./prepare.ts";

/**
 * Runs a task in this process as the worker would: from its body, with validation, dependencies, hooks and deadline.
 *
 * @returns the handler's result
 * @throws the error that made the delivery fail, or that discarded it
 */
export async function deliverImmediately(registry: Registry, push: PreparedPush, id: string): Promise<unknown> {
  const { record } = push;
  if (!isHandled(record)) throw new TypeError(noHandlerMessage(record));
  const envelope = parseEnvelope(push.body) as Envelope;
  const headers = { ...push.headers, ...dispatchHeaders(push, id) };
  // A controller for each delivery: the deliveries of a `pushMany()` share one signal, and Node warns at the eleventh listener.
  const controller = new AbortController();
  const stopForwarding = forwardAbort(push.signal, controller);
  const facts: DeliveryFacts = {
    source: "cloud-tasks",
    id,
    queue: push.queue,
    retryCount: 0,
    executionCount: 0,
    spentAttempts: 0,
    lostAttempts: 0,
    taskRetry: push.retry,
    scheduledAt: new Date(push.nowMs),
    previousResponse: undefined,
    retryReason: undefined,
    request: () => redactedRequest({ url: push.url, headers }, registry.callers.secretHeader),
    dispatchDeadlineMs: push.dispatchDeadlineMs ?? DEFAULT_DISPATCH_DEADLINE_MS,
    signals: [controller.signal],
  };
  const outcome = await execute(registry, record, envelope, facts).finally(stopForwarding);
  if (outcome.kind === "success") return outcome.result;
  throw outcome.error;
}

/** Returns the headers that Cloud Tasks adds to a first attempt. */
export function dispatchHeaders(push: PreparedPush, id: string): Readonly<Record<string, string>> {
  const kind = push.appEngine ? "appEngine" : "http";
  return attemptHeaders({ kind, id, queue: push.queue, retryCount: 0, executionCount: 0, scheduledMs: push.nowMs });
}
