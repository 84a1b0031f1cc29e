import { hasCode } from "../core/errors/has-code.ts";
import type { Delivery } from "../dependencies/delivery.ts";
import { DependencyScope } from "../dependencies/dependency-scope.ts";
import type { Failure } from "../dependencies/instance.ts";
import type { Envelope } from "../payload/envelope.ts";
import { DeliveryTimer } from "./delivery-timer.ts";
import { DISCARD_FAILED_STATUS, type DiscardReason, type ExecutionOutcome } from "./execution-outcome.ts";
import type { DeliveredPayload, Hooks } from "./hooks.ts";
import { IncomingPayload } from "./incoming-payload.ts";
import { runWithin } from "./middleware.ts";
import type { HandledTask, Registry } from "./registry.ts";
import { attemptsLeft, before, type DeliveryFacts, inScope, type Run } from "./run.ts";
import { settle, unwrap } from "./settle.ts";

/**
 * Runs one delivery of a task: goes through the middleware, reads the payload, creates the dependencies, calls the handler,
 * tears down, calls the hooks. The worker and `execute()` share it. It never throws: whatever happens is an outcome.
 *
 * @param registry - the client's
 * @param task - which definition
 * @param envelope - the body that it came in
 * @param facts - what is known of the delivery
 * @returns how it ended
 */
export async function execute(
  registry: Registry,
  task: HandledTask,
  envelope: Envelope,
  facts: DeliveryFacts,
): Promise<ExecutionOutcome> {
  const run = begin(registry, task, facts);
  try {
    return await attempt(run, new IncomingPayload(envelope, task, registry.serializer));
  } finally {
    if (run.app !== registry.app) await closeApp(run);
    run.timer.clear();
  }
}

function begin(registry: Registry, task: HandledTask, facts: DeliveryFacts): Run {
  const { dispatchDeadlineMs, signals, arrivedMs = Date.now(), overrides } = facts;
  const timer = new DeliveryTimer({ dispatchDeadlineMs, arrivedMs }, signals);
  const app = overrides === undefined ? registry.app : new DependencyScope({ overrides, shared: registry.app });
  let request: Request | undefined;
  return {
    ...{ registry, task, handler: task.handler, facts, timer, app, steps: new Set() },
    request: () => {
      request ??= facts.request();
      return request;
    },
  };
}

/** What was made with a delivery's own overrides is torn down with it, once nothing that it began can still use it. */
async function closeApp({ registry, task, app, steps, timer }: Run): Promise<void> {
  const closing = Promise.allSettled(steps).then(async () => {
    const failure = await app.close();
    if (failure !== undefined) registry.logger?.error(`cloudtask: a teardown of "${task.name}" failed`, failure.error);
  });
  await Promise.race([closing, timer.overdue]);
}

async function attempt(run: Run, payload: IncomingPayload): Promise<ExecutionOutcome> {
  const { task, facts, registry, timer } = run;
  if (attemptsLeft(run) < 1 && facts.previousResponse === DISCARD_FAILED_STATUS) {
    const error = new Error(`"${task.name}" has had its maxAttempts, ${task.maxAttempts}, and was not run again`);
    return discard(run, payload, "max-attempts", error);
  }
  const layers = registry.around(task);
  const running =
    layers.length === 0
      ? settle(() => handle(run, payload))
      : inScope(run, (_, delivery) => runWithin(layers, delivery, () => handle(run, payload)));
  const settled = await before(timer.overdue, run, running, () => {
    const what = `cloudtask: "${task.name}" (task ${facts.id}) succeeded after its delivery had been given up`;
    registry.logger?.warn(`${what}: what it did is done, though it was answered as not done`);
  });
  if ("value" in settled) return succeed(run, payload, settled.value);
  if (payload.isRefusedBy(settled.error)) return discard(run, payload, "invalid-payload", settled.error);
  return fail(run, payload, settled.error);
}

/** Reads the payload, and calls the handler with its dependencies, which are torn down before this returns. */
async function handle(run: Run, payload: IncomingPayload): Promise<unknown> {
  const { handler, timer } = run;
  const value = await payload.read();
  timer.signal.throwIfAborted();
  const settled = await inScope(run, async (scope, delivery) => {
    const deps = await scope.resolveAll(handler.deps);
    timer.signal.throwIfAborted();
    const result = await handler.run(value, { ...deps, delivery });
    // Once the delivery has been given up, it will be retried: what it did now must be rolled back, not committed.
    timer.signal.throwIfAborted();
    return result;
  });
  return unwrap(settled);
}

/** Where a middleware kept the handler from running, the payload was not read, and nothing was done. */
async function succeed(run: Run, { shown }: IncomingPayload, result: unknown): Promise<ExecutionOutcome> {
  if (shown.payloadRead) await callHooks(run, { payload: shown.payload, result }, (hooks) => hooks.onSuccess);
  return { kind: "success", result };
}

async function fail(run: Run, payload: IncomingPayload, error: unknown): Promise<ExecutionOutcome> {
  const { task, facts, timer, registry } = run;
  // Before the hooks, which may outlast the time that was left. Whoever asks for a time of his own did not merely run out of it.
  const kind = timer.signal.aborted && !hasCode(error, "RETRY_AFTER") ? "aborted" : "error";
  if (hasCode(error, "NON_RETRIABLE")) return discard(run, payload, "non-retriable", error);
  registry.logger?.error(`cloudtask: "${task.name}" (task ${facts.id}, attempt ${facts.retryCount + 1}) failed`, error);
  await callHooks(run, { ...(await told(run, payload)), error }, (hooks) => hooks.onError);
  if (attemptsLeft(run) <= 1) return discard(run, payload, "max-attempts", error);
  return { kind, error };
}

async function discard(
  run: Run,
  payload: IncomingPayload,
  reason: DiscardReason,
  error: unknown,
): Promise<ExecutionOutcome> {
  run.registry.logger?.warn(`cloudtask: "${run.task.name}" (task ${run.facts.id}) is discarded: ${reason}`, error);
  const event = { ...(await told(run, payload)), error, reason };
  const failure = await callHooks(run, event, (hooks) => hooks.onDiscard);
  return failure === undefined
    ? { kind: "discarded", reason, error }
    : { kind: "discard-failed", error: failure.error };
}

/** What hooks are told of the payload, which is read for them where the delivery failed before anyone had asked for it. */
async function told(run: Run, payload: IncomingPayload): Promise<DeliveredPayload> {
  if (payload.isAskedFor) return payload.shown;
  const reading = settle(() => payload.read());
  await before(run.timer.final, run, reading);
  return payload.shown;
}

/** Calls the definition's hook, then the client's, each with dependencies of its own. */
async function callHooks<Event extends object>(
  run: Run,
  event: Event,
  pick: (hooks: Hooks) => ((event: Event & { readonly delivery: Delivery }) => unknown) | undefined,
): Promise<Failure> {
  let failure: Failure;
  for (const hooks of [run.handler.hooks, run.registry.hooks]) {
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
