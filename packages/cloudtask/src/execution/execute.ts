import { hasCode } from "../core/errors/has-code.ts";
import type { Delivery } from "../dependencies/delivery.ts";
import type { Failure } from "../dependencies/dependency-scope.ts";
import type { Envelope } from "../payload/codec.ts";
import { DISCARD_FAILED_STATUS, type DiscardReason, type ExecutionOutcome } from "./execution-outcome.ts";
import type { DiscardedDelivery, Hooks } from "./hooks.ts";
import type { HandledTask, Registry } from "./registry.ts";
import { logOf } from "./registry-log.ts";
import { type DeliveryFacts, Run } from "./run.ts";

/**
 * Runs one delivery of a task: the middleware, the payload, the dependencies, the handler, the teardown, the hooks. The worker
 * and `Task.execute()` share it. It never rejects.
 *
 * @param registry - the registry of the client
 * @param task - the definition
 * @param envelope - the parsed body
 * @param facts - the properties of the delivery
 * @returns the outcome
 */
export async function execute(
  registry: Registry,
  task: HandledTask,
  envelope: Envelope,
  facts: DeliveryFacts,
): Promise<ExecutionOutcome> {
  const run = new Run(registry, task, envelope, facts);
  try {
    if (facts.previousResponse === DISCARD_FAILED_STATUS) return await repeatDiscard(run);
    const unrun = reasonNotToRun(run);
    if (unrun !== undefined) return await discard(run, "max-attempts", unrun);
    const settled = await run.runTask();
    if ("error" in settled) return await conclude(run, settled.error);
    if (hasSuccessHook(run)) await callSuccessHooks(run, settled.value);
    return { kind: "success", result: settled.value };
  } finally {
    // Without a promise, because an `await` takes a turn of the microtask queue.
    const closing = run.close();
    if (closing !== undefined) await closing;
  }
}

function conclude(run: Run, error: unknown): Promise<ExecutionOutcome> {
  return run.isPayloadError(error) ? discard(run, "invalid-payload", error) : fail(run, error);
}

/** Returns the error of a task whose limits were reached by attempts without a result, so its handler must not run again. */
function reasonNotToRun({ task, facts, limits }: Run): Error | undefined {
  if (!limits.isExhausted) return undefined;
  return new Error(
    `${limitsReached(task, limits)}, and ${facts.retryCount} attempts ended without a result of the handler: it may have ended its process or ` +
      "blocked it beyond the deadline, or the worker was not reachable. The handler did not run again",
  );
}

async function callSuccessHooks(run: Run, result: unknown): Promise<void> {
  const { payloadRead, payload } = run.payload;
  // If a middleware skipped the handler, the payload was not read, and no work was done.
  if (payloadRead) await callHooks(run, { payload, result }, (hooks) => hooks.onSuccess);
}

function hasSuccessHook({ handler, registry }: Run): boolean {
  return (handler.hooks.onSuccess ?? registry.hooks.onSuccess) !== undefined;
}

async function fail(run: Run, error: unknown): Promise<ExecutionOutcome> {
  // Decided before the hooks run, because the hooks may use up the remaining time. A RetryAfterError is a decision, not a
  // timeout.
  const kind = run.isAborted && !hasCode(error, "RETRY_AFTER") ? "aborted" : "error";
  if (hasCode(error, "NON_RETRIABLE")) return discard(run, "non-retriable", error);
  const summary = run.summary("failed", error);
  logOf(run.registry)?.error(`${run.label} failed`, { error, ...run.logFields });
  await callHooks(run, { ...(await run.readPayloadForHooks()), error }, (hooks) => hooks.onError);
  if (run.limits.isLastAttempt) return discard(run, "max-attempts", error);
  return { kind, error, summary };
}

async function discard(run: Run, reason: DiscardReason, error: unknown): Promise<ExecutionOutcome> {
  const what = `was discarded (${reason})`;
  logOf(run.registry)?.warn(`${run.label} ${what}`, { error, ...run.logFields });
  const payload = await run.readPayloadForHooks();
  const event = { ...payload, rawPayload: run.rawPayload, error, reason } as DiscardEvent;
  const failure = (await callHooks(run, event, (hooks) => hooks.onDiscard)) ?? (await keep(run, reason, error));
  if (failure === undefined) return { kind: "discarded", reason, error, summary: run.summary(what, error) };
  run.registry.failedDiscards.remember(run.taskKey, { reason, error });
  return { kind: "discard-failed", error: failure.error, summary: run.summary("was not discarded", failure.error) };
}

type DiscardEvent = Omit<DiscardedDelivery, "delivery">;

/** Discards a task again whose `onDiscard` or dead letter failed in the previous attempt. The handler does not run. */
async function repeatDiscard(run: Run): Promise<ExecutionOutcome> {
  const known = run.registry.failedDiscards.take(run.taskKey);
  if (known !== undefined) return discard(run, known.reason, known.error);
  await run.readPayloadForHooks();
  if (run.payloadError !== undefined) return discard(run, "invalid-payload", run.payloadError);
  if (run.limits.wereReached) return discard(run, "max-attempts", new Error(limitsReached(run.task, run.limits)));
  const error = new Error(
    `"${run.task.name}" failed in an earlier attempt, and onDiscard or the dead letter failed after it; the log of that attempt ` +
      "contains the error",
  );
  return discard(run, "non-retriable", error);
}

function limitsReached({ name }: Run["task"], { text }: Run["limits"]): string {
  return `"${name}" has reached its retry limits (${text})`;
}

async function keep(run: Run, reason: DiscardReason, error: unknown): Promise<Failure> {
  const settled = await run.keep(reason, error);
  if ("value" in settled) return undefined;
  logOf(run.registry)?.error(`${run.label} has no dead letter`, { error: settled.error, ...run.logFields });
  return settled;
}

/** Calls the hook of the definition, then that of the client. An error of the first does not skip the second. */
async function callHooks<Event extends object>(
  run: Run,
  event: Event,
  pick: (hooks: Hooks) => ((event: Event & { readonly delivery: Delivery }) => unknown) | undefined,
): Promise<Failure> {
  let failure: Failure;
  for (const hooks of [run.handler.hooks, run.registry.hooks]) {
    const hook = pick(hooks);
    if (hook === undefined) continue;
    const settled = await run.runHook((delivery) => hook({ ...event, delivery }));
    if ("value" in settled) continue;
    logOf(run.registry)?.error(`a hook of "${run.task.name}" failed`, { error: settled.error, ...run.logFields });
    failure ??= settled;
  }
  return failure;
}
