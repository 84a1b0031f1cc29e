import { errorMessage } from "../core/error-message.ts";
import { TeardownError } from "../core/errors/teardown-error.ts";
import type { Delivery } from "./delivery.ts";
import { type Dependency, type DependencyRecipe, recipeOf } from "./dependency.ts";
import { DependencyGraph, type DependencyRequest } from "./dependency-graph.ts";
import { dispose, methodOf } from "./dispose.ts";
import type { Overrides } from "./overrides.ts";

/** The error that made the work of a scope fail; `undefined` if it succeeded. */
export type Failure = { readonly error: unknown } | undefined;

/** A created value and its teardown. */
interface Instance {
  readonly value: unknown;
  /** Throws if the teardown fails. A generator that rethrows the failure it received has not failed. */
  readonly teardown: (failure: Failure) => Promise<void>;
}

interface CreatedInstance extends Instance {
  readonly dependency: Dependency<unknown>;
  readonly name: string;
}

/** The instances of a scope. */
class UsedScope {
  readonly graph = new DependencyGraph();
  readonly instances = new Map<Dependency<unknown>, Promise<unknown>>();
  /** The values that a dependency received from others. It doesn't own them, so it doesn't dispose them. */
  readonly received = new Map<Dependency<unknown>, Set<unknown>>();
  /** Creations that have not settled, including those that were invalidated since. */
  readonly pending = new Set<Promise<unknown>>();
  /** Instances, ordered by the completion of their creation. */
  readonly created: CreatedInstance[] = [];
}

/** Options of `DependencyScope`. */
interface ScopeOptions {
  /** The replaced dependencies. */
  readonly overrides: Overrides;
  /** The scope for instances that live as long as the client. `undefined` if this is that scope. */
  readonly app?: DependencyScope;
  /** For the app scope of a single delivery: the client's scope, which keeps instances that `overrides` doesn't affect. */
  readonly shared?: DependencyScope;
  /** Creates the delivery that the factory of a dependency receives. */
  readonly delivery?: (scope: DependencyScope, requester: Dependency<unknown>) => Delivery;
}

/**
 * The instances of one delivery, or of a client for the scope `"app"`. It creates each instance at the first request, and
 * tears down all instances in reverse order of creation.
 */
export class DependencyScope {
  readonly #overrides: Overrides;
  readonly #app: DependencyScope | undefined;
  readonly #shared: DependencyScope | undefined;
  readonly #delivery: ScopeOptions["delivery"];
  /** Created with the first dependency, because most deliveries have none. */
  #used: UsedScope | undefined;
  #closing: { readonly result: Failure | Promise<Failure> } | undefined;
  #createIn = <T>(create: () => T): T => create();

  constructor({ overrides, app, shared, delivery }: ScopeOptions) {
    this.#overrides = overrides;
    this.#app = app;
    this.#shared = shared;
    this.#delivery = delivery;
  }

  /**
   * Resolves several dependencies concurrently.
   *
   * @returns the values under the same names
   * @throws the error of the first factory that fails
   */
  resolveAll(
    deps: Readonly<Record<string, Dependency<unknown>>>,
    requester?: Dependency<unknown>,
  ): Record<string, unknown> | Promise<Record<string, unknown>> {
    const entries = Object.entries(deps);
    const resolving = entries.map(([key, dependency]) => this.resolve({ dependency, key, requester }));
    return resolving.length === 0 ? {} : valuesUnder(entries, resolving);
  }

  /**
   * Returns the value of a dependency, and creates it if necessary.
   *
   * @throws TypeError for circular dependencies, or after the scope was closed; the error of the factory
   */
  async resolve(request: DependencyRequest): Promise<unknown> {
    const value = await this.#find(request);
    const { requester } = request;
    if (requester !== undefined) {
      const { received } = this.#use();
      received.set(requester, (received.get(requester) ?? new Set()).add(value));
    }
    return value;
  }

  /**
   * Forgets the instances that were created with a dependency, directly or not, so the next request creates them again. They
   * are torn down when the scope closes, because they may still be in use.
   */
  invalidate(dependency: Dependency<unknown>): void {
    const { instances, graph } = this.#use();
    for (const created of instances.keys()) {
      if (graph.needs(created, dependency)) instances.delete(created);
    }
  }

  /**
   * Calls all factories within a wrapper from now on. An instance of the app scope outlives the delivery that requested it
   * first, so it must not keep the `AsyncLocalStorage` of that delivery.
   */
  createIn(wrapper: <T>(create: () => T) => T): void {
    this.#createIn = wrapper;
  }

  /**
   * Waits for pending creations, then tears down all instances in reverse order of creation.
   *
   * @param failure - the error to throw into generators
   * @returns the failure, or the `TeardownError` that followed it; `undefined` if all succeeded. A promise of it, unless there was
   * nothing to tear down.
   */
  close(failure?: Failure): Failure | Promise<Failure> {
    if (this.#closing === undefined) {
      this.#closing = { result: this.#used === undefined ? failure : tearDown(this.#used, failure) };
    }
    return this.#closing.result;
  }

  #use(): UsedScope {
    this.#used ??= new UsedScope();
    return this.#used;
  }

  #find(request: DependencyRequest): unknown {
    const { key } = request;
    if (this.#closing !== undefined) {
      throw new TypeError(`"${key}" was requested after its ${this.#app ? "delivery was over" : "client was closed"}`);
    }
    const { graph, instances } = this.#use();
    graph.add(request);
    const replacement = this.#overrides.get(request.dependency);
    if ("value" in replacement) return replacement.value;
    const { dependency } = replacement;
    if (dependency.scope === "app" && this.#app !== undefined) {
      return this.#app.resolve({ ...request, requester: undefined });
    }
    if (dependency.scope !== "app" && this.#app === undefined) {
      throw new TypeError(
        `"${key}" has the scope "app", but client.override() replaced it with a dependency of the scope "delivery"; ` +
          'replace it with a value or with a dependency of the scope "app"',
      );
    }
    if (this.#shared !== undefined && !this.#overrides.affects(dependency)) {
      return this.#shared.resolve({ key, dependency, requester: undefined });
    }
    if (dependency !== request.dependency) graph.add({ ...request, dependency });
    return instances.get(dependency) ?? this.#create(dependency, key);
  }

  #create(dependency: Dependency<unknown>, key: string): Promise<unknown> {
    const recipe = recipeOf(dependency);
    if (recipe === undefined) throw new TypeError(`"${key}" is not a dependency; create one with depends()`);
    const creating = this.#createIn(() => this.#build(dependency, recipe, key));
    const { instances, pending } = this.#use();
    instances.set(dependency, creating);
    pending.add(creating);
    const onSettled = (hasFailed: boolean): void => {
      pending.delete(creating);
      // The next delivery tries again to create an app dependency. Within a delivery, a failed creation stays failed.
      const isApp = this.#app === undefined;
      if (hasFailed && isApp && instances.get(dependency) === creating) instances.delete(dependency);
    };
    creating.then(
      () => onSettled(false),
      () => onSettled(true),
    );
    return creating;
  }

  async #build(dependency: Dependency<unknown>, recipe: DependencyRecipe, key: string): Promise<unknown> {
    const deps = await this.resolveAll(recipe.deps, dependency);
    const delivery = this.#delivery?.(this, dependency);
    const returned = recipe.factory((delivery === undefined ? deps : { ...deps, delivery }) as never);
    const { received, created } = this.#use();
    const isOwned = (value: unknown): boolean => recipe.dispose && !received.get(dependency)?.has(value);
    const instance = await instantiate(returned, isOwned);
    created.push({ ...instance, dependency, name: recipe.name ?? key });
    return instance.value;
  }
}

async function tearDown({ pending, graph, created }: UsedScope, failure: Failure): Promise<Failure> {
  // Even without pending creations it waits here: the scope must be closed before the first teardown begins.
  await (pending.size > 0 ? Promise.allSettled(pending) : undefined);
  let current = failure;
  for (const { name, teardown } of graph.teardownOrder(created)) {
    try {
      await teardown(current);
    } catch (error) {
      current = { error: wrapsFailure(error, current) ? error : teardownError(name, error, current) };
    }
  }
  return current;
}

/** Waits for values, and returns them under the names of `entries`. */
async function valuesUnder(
  entries: readonly (readonly [string, unknown])[],
  resolving: readonly Promise<unknown>[],
): Promise<Record<string, unknown>> {
  // `Promise.all()` takes longer than an `await`.
  const values = resolving.length === 1 ? [await resolving[0]] : await Promise.all(resolving);
  return Object.fromEntries(entries.map(([key], index) => [key, values[index]]));
}

/** Checks whether a dependency wrapped the error that it received in an error of its own. Its teardown has then not failed. */
function wrapsFailure(error: unknown, failure: Failure): boolean {
  return failure !== undefined && error instanceof Error && error.cause === failure.error;
}

function teardownError(name: string, error: unknown, failure: Failure): TeardownError {
  const message = `the teardown of the dependency "${name}" failed: ${errorMessage(error)}`;
  return new TeardownError(message, error, failure?.error);
}

/** Turns the return value of a factory into an instance. */
async function instantiate(returned: unknown, isOwned: (value: unknown) => boolean): Promise<Instance> {
  if (isGenerator(returned)) return fromGenerator(returned);
  const value = await returned;
  return { value, teardown: async () => (isOwned(value) ? dispose(value) : undefined) };
}

type AnyGenerator = Generator<unknown, unknown, unknown> | AsyncGenerator<unknown, unknown, unknown>;

/** Recognizes a generator by its methods: one from another realm, or compiled to ES5, has a different prototype. */
function isGenerator(value: unknown): value is AnyGenerator {
  return ["next", "throw", "return"].every((name) => methodOf(value, name) !== undefined);
}

async function fromGenerator(generator: AnyGenerator): Promise<Instance> {
  const first = await generator.next();
  if (first.done) throw new TypeError("a dependency's generator ended without a yield: yield the value once");
  return { value: await yieldedValue(generator, first.value), teardown: (failure) => resume(generator, failure) };
}

/** A sync generator may yield a promise. If it rejects, the generator receives the error, as it would from `await`. */
async function yieldedValue(generator: AnyGenerator, value: unknown): Promise<unknown> {
  try {
    return await value;
  } catch (error) {
    await throwInto(generator, error);
    throw error;
  }
}

async function resume(generator: AnyGenerator, failure: Failure): Promise<void> {
  const last = await (failure === undefined ? generator.next() : throwInto(generator, failure.error));
  if (last.done) return;
  await generator.return(undefined);
  throw new TypeError("a dependency's generator yielded more than once: yield the value once");
}

async function throwInto(generator: AnyGenerator, error: unknown): Promise<IteratorResult<unknown>> {
  try {
    return await generator.throw(error);
  } catch (thrown) {
    if (thrown !== error) throw thrown;
    return { done: true, value: undefined };
  }
}
