import { NonRetriableError } from "../core/errors/non-retriable-error.ts";
import { PayloadInvalidError } from "../core/errors/payload-invalid-error.ts";
import type { Delivery } from "../dependencies/delivery.ts";
import type { Failure } from "../dependencies/instance.ts";
import { decode } from "../payload/codec.ts";
import type { Envelope } from "../payload/envelope.ts";
import { DeliveryTimer } from "./delivery-timer.ts";
import type { FailedDelivery, Hooks } from "./hooks.ts";
import type { DiscardReason, ExecutionOutcome } from "./outcome.ts";
import type { Registry, TaskRecord } from "./registry.ts";
import { before, type DeliveryFacts, inScope, type Run, settle } from "./run.ts";

/** Only a worker of ours answers these, and only for an attempt that it ran. */
const ANSWERS_OF_A_FAILED_RUN: ReadonlySet<number | undefined> = new Set([500, 504]);

/**
 * Runs one delivery of a task: validates, creates the dependencies, calls the handler, tears down, calls the hooks. The
 * worker and `execute()` share it. It never throws: whatever happens is an outcome.
 *
 * @param registry - the client's
 * @param task - which definition
 * @param envelope - the body that it came in
 * @param facts - what is known of the delivery
 * @returns how it ended
 */
export async function execute(
  registry: Registry,
  task: TaskRecord,
  envelope: Envelope,
  facts: DeliveryFacts,
): Promise<ExecutionOutcome> {
  const timer = new DeliveryTimer(facts.dispatchDeadlineMs, facts.signals);
  const run: Run = { registry, task, facts, timer };
  try {
    return await attempt(run, envelope);
  } finally {
    timer.clear();
  }
}

async function attempt(run: Run, envelope: Envelope): Promise<ExecutionOutcome> {
  const { task, facts, registry, timer } = run;
  // Where it cannot be read, the hooks are told of it as it came.
  const wire = envelope.serialized ?? envelope.payload;
  if (attemptsLeft(run) < 1 && ANSWERS_OF_A_FAILED_RUN.has(facts.previousResponse)) {
    const error = new Error(`"${task.name}" has had its maxAttempts, ${task.maxAttempts}, and was not run again`);
    return discard(run, wire, "max-attempts", error);
  }
  const reading = settle(() => decode(task, envelope, registry.serializer));
  const decoded = await before(timer.overdue, run, reading);
  if ("error" in decoded) {
    const invalid = decoded.error instanceof PayloadInvalidError;
    return invalid ? discard(run, wire, "invalid-payload", decoded.error) : fail(run, wire, decoded.error);
  }
  const running = inScope(run, async (scope, delivery) => {
    const deps = await scope.resolveAll(task.deps);
    timer.signal.throwIfAborted();
    const result = await task.run(decoded.value, { ...deps, delivery });
    // Once the delivery has been given up, it will be retried: what it did now must be rolled back, not committed.
    timer.signal.throwIfAborted();
    return result;
  });
  const settled = await before(timer.overdue, run, running);
  return "value" in settled ? { kind: "success", result: settled.value } : fail(run, decoded.value, settled.error);
}

/**
 * How many attempts the definition allows, this one included; below 1 where it has had them. What is counted is attempts
 * that failed with a 5xx or without an answer, which `executionCount` leaves out and `retryCount` does not: one that was
 * refused with a 4xx (a wrong secret, a full worker) never ran.
 */
function attemptsLeft({ task, facts }: Run): number {
  return (task.maxAttempts ?? Number.POSITIVE_INFINITY) - (facts.retryCount - facts.executionCount);
}

async function fail(run: Run, payload: unknown, error: unknown): Promise<ExecutionOutcome> {
  const { task, facts, timer, registry } = run;
  if (error instanceof NonRetriableError) return discard(run, payload, "non-retriable", error);
  registry.logger?.error(`cloudtask: "${task.name}" (task ${facts.id}, attempt ${facts.retryCount + 1}) failed`, error);
  await callHooks(run, { payload, error }, (hooks) => hooks.onError);
  if (attemptsLeft(run) <= 1) return discard(run, payload, "max-attempts", error);
  return { kind: timer.signal.aborted ? "aborted" : "error", error };
}

async function discard(run: Run, payload: unknown, reason: DiscardReason, error: unknown): Promise<ExecutionOutcome> {
  run.registry.logger?.warn(`cloudtask: "${run.task.name}" (task ${run.facts.id}) is discarded: ${reason}`, error);
  const failure = await callHooks(run, { payload, error, reason }, (hooks) => hooks.onDiscard);
  return failure === undefined ? { kind: "discarded", reason, error } : { kind: "error", error: failure.error };
}

/** Calls the definition's hook, then the client's, each with dependencies of its own. */
async function callHooks<Event extends Omit<FailedDelivery, "delivery">>(
  run: Run,
  event: Event,
  pick: (hooks: Hooks) => ((event: Event & { readonly delivery: Delivery }) => unknown) | undefined,
): Promise<Failure> {
  let failure: Failure;
  for (const hooks of [run.task.hooks, run.registry.hooks]) {
    const hook = pick(hooks);
    if (hook === undefined) continue;
    const calling = inScope(run, (_, delivery) => hook({ ...event, delivery }));
    const settled = await before(run.timer.final, run, calling);
    if ("value" in settled) continue;
    run.registry.logger?.error(`cloudtask: a hook of "${run.task.name}" failed`, settled.error);
    failure ??= settled;
  }
  return failure;
}
