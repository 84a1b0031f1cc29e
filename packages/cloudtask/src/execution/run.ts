import type { Delivery } from "../dependencies/delivery.ts";
import { type Dependency, recipeOf } from "../dependencies/dependency.ts";
import { DependencyScope } from "../dependencies/dependency-scope.ts";
import { attach, type attachedTo } from "../dependencies/from-request.ts";
import type { Overrides } from "../dependencies/overrides.ts";
import type { DeliveryTimer } from "./delivery-timer.ts";
import type { Handler, Registry, TaskRecord } from "./registry.ts";
import { type Settled, settle } from "./settle.ts";

/** What is known of a delivery before it runs. */
export interface DeliveryFacts {
  readonly id: string;
  readonly queue: string;
  readonly retryCount: number;
  readonly executionCount: number;
  /** How many attempts so far count towards a definition's `maxAttempts`. */
  readonly spentAttempts: number;
  readonly scheduledAt: Date;
  readonly previousResponse: number | undefined;
  readonly retryReason: string | undefined;
  /** Made when first asked for: few handlers do. */
  readonly request: () => Request;
  /** What was attached to the request, for the dependencies of `fromRequest()`. */
  readonly attached?: ReturnType<typeof attachedTo>;
  /** How long Cloud Tasks waits for the answer. */
  readonly dispatchDeadlineMs: number;
  /** Signals that end the delivery early: the caller is gone, the worker closes. */
  readonly signals: readonly AbortSignal[];
  /** When it came in, in milliseconds since the epoch: the deadline counts from then. Default: now. */
  readonly arrivedMs?: number;
  /** What is replaced in this delivery alone, over what the client replaces: `new Overrides(registry.overrides)`. */
  readonly overrides?: Overrides | undefined;
}

/** One delivery on its way: what every step of it needs. */
export interface Run {
  readonly registry: Registry;
  readonly task: TaskRecord;
  /** Its handler when the delivery began. */
  readonly handler: Handler;
  readonly facts: DeliveryFacts;
  readonly timer: DeliveryTimer;
  /** Where dependencies that live as long as the client are kept. */
  readonly app: DependencyScope;
  /** The steps that were begun, each with dependencies of its own. */
  readonly steps: Set<Promise<Settled>>;
  /** The request, made when first asked for. */
  readonly request: () => Request;
}

/**
 * Runs a step with dependencies of its own, and tears them down.
 *
 * @param run - the delivery
 * @param step - what to do with them
 * @returns what the step returned; or what it threw, or what the teardown threw on top of that
 */
export function inScope(run: Run, step: (scope: DependencyScope, delivery: Delivery) => unknown): Promise<Settled> {
  const running = settleIn(run, step);
  run.steps.add(running);
  return running;
}

async function settleIn(run: Run, step: (scope: DependencyScope, delivery: Delivery) => unknown): Promise<Settled> {
  const { app, facts } = run;
  const overrides = facts.overrides ?? run.registry.overrides;
  const scope = new DependencyScope({ overrides, app, delivery: (of, by) => deliveryOf(run, of, by) });
  const settled = await settle(async () => step(scope, deliveryOf(run, scope)));
  const failure = await scope.close("error" in settled ? settled : undefined);
  return failure ?? settled;
}

/**
 * Waits for a step, but only until `limit`. After that the step goes on alone; where it fails then, the logger is told,
 * since nobody else will be.
 *
 * @param limit - resolves when the answer can wait no longer
 * @param run - the delivery
 * @param step - what is waited for
 * @param tellSuccess - where it succeeds after that
 * @returns what became of it, or the reason for which the delivery was aborted
 */
export async function before(
  limit: Promise<void>,
  { timer, task, facts, registry }: Run,
  step: Promise<Settled>,
  tellSuccess: () => void = () => undefined,
): Promise<Settled> {
  const late = limit.then((): Settled => {
    void step.then((settled) => {
      if ("value" in settled) return tellSuccess();
      if (settled.error === timer.signal.reason) return;
      const what = `cloudtask: "${task.name}" (task ${facts.id}) failed after its delivery had been given up`;
      registry.logger?.error(what, settled.error);
    });
    return { error: timer.signal.reason };
  });
  return Promise.race([step, late]);
}

/**
 * @param run - the delivery
 * @returns how many attempts the definition allows, this one included; below 1 where it has had them
 */
export function attemptsLeft({ task, facts }: Run): number {
  return (task.maxAttempts ?? Number.POSITIVE_INFINITY) - facts.spentAttempts;
}

function deliveryOf(run: Run, scope: DependencyScope, by?: Dependency<unknown>): Delivery {
  const { id, queue, retryCount, executionCount, scheduledAt, previousResponse, retryReason } = run.facts;
  const delivery: Delivery = {
    ...{ id, queue, retryCount, executionCount, scheduledAt, previousResponse, retryReason },
    task: run.task.name,
    attempt: retryCount + 1,
    isLastAttempt: run.task.maxAttempts === undefined ? undefined : attemptsLeft(run) <= 1,
    deadline: run.timer.deadline,
    signal: run.timer.signal,
    get request() {
      return run.request();
    },
    use: <T>(dependency: Dependency<T>): Promise<T> => {
      const key = recipeOf(dependency)?.name ?? "use()";
      const value = scope.resolve({ dependency, key, by }) as Promise<T>;
      // Whoever does not wait for it must not bring the process down; whoever does still sees it fail.
      value.catch(() => undefined);
      return value;
    },
  };
  return run.facts.attached === undefined ? delivery : attach(delivery, run.facts.attached);
}
