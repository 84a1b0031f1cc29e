import { execute } from "../../execution/execute.ts";
import { redactedRequest } from "../../execution/redacted-request.ts";
import { isHandled, noHandler, type Registry, type TaskRecord } from "../../execution/registry.ts";
import type { DeliveryFacts } from "../../execution/run.ts";
import { type Envelope, parseEnvelope } from "../../payload/codec.ts";
import { forwardAbort } from "../../transport/abort-signal.ts";
import { dispatchHeaders } from "./dispatch-headers.ts";
import { DEFAULT_DISPATCH_DEADLINE_MS } from "./limits.ts";
import type { PreparedPush } from "./prepare.ts";

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
  if (!isHandled(record)) throw new TypeError(noHandler(record));
  const envelope = parseEnvelope(push.body) as Envelope;
  const headers = { ...push.headers, ...dispatchHeaders(push, id) };
  // One of its own: `pushMany` has many deliveries under one signal, and Node warns of a leak at the eleventh listener.
  const controller = new AbortController();
  const unfollow = forwardAbort(push.signal, controller);
  const facts: DeliveryFacts = {
    id,
    queue: push.queue,
    retryCount: 0,
    executionCount: 0,
    spentAttempts: 0,
    scheduledAt: new Date(push.nowMs),
    previousResponse: undefined,
    retryReason: undefined,
    request: () => redactedRequest({ url: push.url, headers }, registry.callers.secretHeader),
    dispatchDeadlineMs: push.dispatchDeadlineMs ?? DEFAULT_DISPATCH_DEADLINE_MS,
    signals: [controller.signal],
  };
  const outcome = await execute(registry, record, envelope, facts).finally(unfollow);
  if (outcome.kind === "success") return outcome.result;
  throw outcome.error;
}
