import type { Delivery, DeliverySource } from "../dependencies/delivery.ts";
import { type Dependency, recipeOf } from "../dependencies/dependency.ts";
import type { DependencyScope } from "../dependencies/dependency-scope.ts";
import type { DeliveryFacts } from "./run.ts";

/** The parts of a run that its deliveries show. */
interface RunView extends Pick<Delivery, "signal" | "isLastAttempt" | "request" | "deadline"> {
  readonly facts: DeliveryFacts;
  readonly task: { readonly name: string };
}

/** The delivery that a handler, a middleware, a hook or a factory receives. */
export class RunDelivery implements Delivery {
  readonly source: DeliverySource;
  readonly id: string;
  readonly queue: string;
  readonly retryCount: number;
  readonly executionCount: number;
  readonly scheduledAt: Date;
  readonly previousResponse: number | undefined;
  readonly retryReason: string | undefined;
  readonly task: string;
  readonly attempt: number;
  readonly deadline: Date;
  declare readonly signal: AbortSignal;
  declare readonly isLastAttempt: boolean | undefined;
  declare readonly request: Request;
  readonly use: <T>(dependency: Dependency<T>) => Promise<T>;
  readonly #run: RunView;

  /** @param requester - the dependency whose factory receives the delivery */
  constructor(run: RunView, scope: DependencyScope, requester: Dependency<unknown> | undefined) {
    const { facts, task, deadline } = run;
    this.source = facts.source;
    this.id = facts.id;
    this.queue = facts.queue;
    this.retryCount = facts.retryCount;
    this.executionCount = facts.executionCount;
    this.scheduledAt = facts.scheduledAt;
    this.previousResponse = facts.previousResponse;
    this.retryReason = facts.retryReason;
    this.task = task.name;
    this.attempt = facts.retryCount + 1;
    this.deadline = deadline;
    this.#run = run;
    this.use = <T>(dependency: Dependency<T>): Promise<T> => {
      const key = recipeOf(dependency)?.name ?? "use()";
      const value = Promise.resolve(scope.resolve({ dependency, key, requester })) as Promise<T>;
      // Without an await in the handler, a rejection must not end the process.
      value.catch(() => undefined);
      return value;
    };
    for (const [name, getter] of RunDelivery.#getters) Object.defineProperty(this, name, getter);
  }

  /**
   * Own properties, so `{ ...delivery }` has them too. An object literal with getters would need a hidden class of its own for each
   * delivery. They are read late: the time limit can be reached during the run.
   */
  static readonly #getters: readonly (readonly [string, PropertyDescriptor])[] = (
    ["signal", "isLastAttempt", "request"] as const
  ).map((name) => {
    const get = function (this: RunDelivery): unknown {
      return this.#run[name];
    };
    return [name, { get, enumerable: true }];
  });
}
