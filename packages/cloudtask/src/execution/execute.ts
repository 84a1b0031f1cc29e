import { NonRetriableError } from "../core/errors/non-retriable-error.ts";
import { PayloadInvalidError } from "../core/errors/payload-invalid-error.ts";
import type { Delivery } from "../dependencies/delivery.ts";
import type { Failure } from "../dependencies/instance.ts";
import { DependencyScope } from "../dependencies/scope.ts";
import { decode } from "../payload/codec.ts";
import type { Envelope } from "../payload/envelope.ts";
import { DeliveryTimer } from "./delivery-timer.ts";
import type { FailedDelivery, Hooks } from "./hooks.ts";
import type { DiscardReason, ExecutionOutcome } from "./outcome.ts";
import type { Registry, TaskRecord } from "./registry.ts";

/** What is known of a delivery before it runs. */
export interface DeliveryFacts {
  readonly id: string;
  readonly queue: string;
  readonly retryCount: number;
  readonly executionCount: number;
  readonly scheduledAt: Date;
  readonly previousResponse: number | undefined;
  readonly retryReason: string | undefined;
  readonly request: Request;
  /** How long Cloud Tasks waits for the answer. */
  readonly dispatchDeadlineMs: number;
  /** Signals that end the delivery early: the caller is gone, the worker closes. */
  readonly signals: readonly AbortSignal[];
}

/** One delivery on its way: what every step needs. */
interface Run {
  readonly registry: Registry;
  readonly task: TaskRecord;
  readonly facts: DeliveryFacts;
  readonly timer: DeliveryTimer;
}

/** What became of a step. */
type Settled = { readonly value: unknown } | { readonly error: unknown };

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
  const attemptNumber = facts.retryCount + 1;
  if (task.maxAttempts !== undefined && attemptNumber > task.maxAttempts) {
    // Earlier attempts ended without an answer of ours: the process died, or was cut off. Running it again could do the
    // same for ever.
    const error = new Error(`attempt ${attemptNumber} of "${task.name}" is past its maxAttempts, ${task.maxAttempts}`);
    return discard(run, wire, "max-attempts", error);
  }
  const decoded = await before(timer.overdue, run, settle(decode(task, envelope, registry.serializer)));
  if ("error" in decoded) {
    const invalid = decoded.error instanceof PayloadInvalidError;
    return invalid ? discard(run, wire, "invalid-payload", decoded.error) : fail(run, wire, decoded.error);
  }
  const settled = await before(
    timer.overdue,
    run,
    inScope(run, async (scope, delivery) => {
      const deps = await scope.resolveAll(task.deps);
      timer.signal.throwIfAborted();
      const result = await task.run(decoded.value, { ...deps, delivery });
      // Once the delivery has been given up, it will be retried: what it did now must be rolled back, not committed.
      timer.signal.throwIfAborted();
      return result;
    }),
  );
  if ("value" in settled) return { kind: "success", result: settled.value };
  return fail(run, decoded.value, settled.error);
}

async function fail(run: Run, payload: unknown, error: unknown): Promise<ExecutionOutcome> {
  const { task, facts, timer } = run;
  if (error instanceof NonRetriableError) return discard(run, payload, "non-retriable", error);
  const last = task.maxAttempts !== undefined && facts.retryCount + 1 >= task.maxAttempts;
  await callHooks(run, { payload, error }, (hooks) => hooks.onError);
  if (last) return discard(run, payload, "max-attempts", error);
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
    const settled = await before(
      run.timer.final,
      run,
      inScope(run, async (_, delivery) => hook({ ...event, delivery })),
    );
    if ("value" in settled) continue;
    run.registry.logger?.error(`cloudtask: a hook of "${run.task.name}" failed`, settled.error);
    failure ??= settled;
  }
  return failure;
}

/** Runs a step with a scope of its own, and tears the scope down. */
async function inScope(
  run: Run,
  step: (scope: DependencyScope, delivery: Delivery) => Promise<unknown>,
): Promise<Settled> {
  const { overrides, app } = run.registry;
  const scope = new DependencyScope({ overrides, app, delivery: (of, by) => deliveryOf(run, of, by) });
  const settled = await settle(step(scope, deliveryOf(run, scope)));
  const failure = await scope.close("error" in settled ? settled : undefined);
  return failure ?? settled;
}

function deliveryOf(run: Run, scope: DependencyScope, by?: Parameters<Delivery["use"]>[0]): Delivery {
  const { dispatchDeadlineMs: _, signals: __, ...facts } = run.facts;
  return {
    ...facts,
    task: run.task.name,
    attempt: facts.retryCount + 1,
    deadline: run.timer.deadline,
    signal: run.timer.signal,
    use: <T>(dependency: Parameters<Delivery["use"]>[0]): Promise<T> => {
      const value = scope.resolve({ dependency, key: "use()", by }) as Promise<T>;
      // Whoever does not wait for it must not bring the process down; whoever does still sees it fail.
      value.catch(() => undefined);
      return value;
    },
  };
}

/** Waits for a step, but only until `limit`: then the step goes on alone, and what it brings comes too late. */
async function before(limit: Promise<void>, { timer }: Run, step: Promise<Settled>): Promise<Settled> {
  return Promise.race([step, limit.then(() => ({ error: timer.signal.reason as unknown }))]);
}

async function settle(step: Promise<unknown>): Promise<Settled> {
  try {
    return { value: await step };
  } catch (error) {
    return { error };
  }
}
