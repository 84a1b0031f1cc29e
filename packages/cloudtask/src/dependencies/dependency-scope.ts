import { errorMessage } from "../core/error-message.ts";
import { TeardownError } from "../core/errors/teardown-error.ts";
import type { Delivery } from "./delivery.ts";
import { type Dependency, type DependencyRecipe, recipeOf } from "./dependency.ts";
import { type Failure, type Instance, instantiate } from "./instance.ts";
import type { Overrides } from "./overrides.ts";

/** Who asks for a dependency, and under which name. */
interface Request {
  readonly dependency: Dependency<unknown>;
  readonly key: string;
  readonly by: Dependency<unknown> | undefined;
}

/** An instance that is to be torn down. */
interface Created {
  readonly dependency: Dependency<unknown>;
  readonly name: string;
  readonly instance: Instance;
}

/**
 * The instances of one delivery (or of a client, for `scope: "app"`): each created once, when first asked for, and all
 * torn down in reverse order of creation.
 */
export class DependencyScope {
  readonly #overrides: Overrides;
  readonly #app: DependencyScope | undefined;
  readonly #shared: DependencyScope | undefined;
  readonly #delivery: ((scope: DependencyScope, by: Dependency<unknown>) => Delivery) | undefined;
  readonly #instances = new Map<Dependency<unknown>, Promise<unknown>>();
  /** Who asked for what, under which name: a graph that `use()` adds to late. */
  readonly #asked = new Map<Dependency<unknown>, Map<Dependency<unknown>, string>>();
  /** What each was given: it is not its own to dispose. */
  readonly #lent = new Map<Dependency<unknown>, Set<unknown>>();
  /** Creations under way, those among them that were forgotten since. */
  readonly #pending = new Set<Promise<unknown>>();
  /** In the order in which their creation was complete. */
  readonly #created: Created[] = [];
  #closing: Promise<Failure> | undefined;
  /** What every creation is called in. */
  #creating = <T>(create: () => T): T => create();

  /**
   * @param options - `overrides`: what replaces what; `app`: where the instances of scope `"app"` live, absent for that
   * scope itself; `shared`: for such a scope that one delivery has, where what its `overrides` do not affect is kept for all;
   * `delivery`: the delivery as a given dependency's factory sees it
   */
  constructor(options: {
    readonly overrides: Overrides;
    readonly app?: DependencyScope;
    readonly shared?: DependencyScope;
    readonly delivery?: (scope: DependencyScope, by: Dependency<unknown>) => Delivery;
  }) {
    this.#overrides = options.overrides;
    this.#app = options.app;
    this.#shared = options.shared;
    this.#delivery = options.delivery;
  }

  /**
   * Resolves several dependencies, siblings at the same time.
   *
   * @param deps - dependencies by name
   * @param by - the dependency that needs them; `undefined` for the handler
   * @returns their values under the same names
   * @throws what the first failing factory throws
   */
  async resolveAll(
    deps: Readonly<Record<string, Dependency<unknown>>>,
    by?: Dependency<unknown>,
  ): Promise<Record<string, unknown>> {
    const entries = Object.entries(deps).map(async ([key, dependency]) => {
      return [key, await this.resolve({ dependency, key, by })] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /**
   * @param request - which dependency, for whom
   * @returns its value, created now if it is not there yet
   * @throws TypeError for a cycle, or once the scope is closed; whatever the factory throws
   */
  async resolve(request: Request): Promise<unknown> {
    const value = await this.#find(request);
    const { by } = request;
    if (by !== undefined) this.#lent.set(by, (this.#lent.get(by) ?? new Set()).add(value));
    return value;
  }

  /**
   * Forgets the instances that were made with a dependency, directly or not, so that they are made anew when next asked
   * for. What was made stays until the scope is closed: someone may be using it.
   *
   * @param dependency - what was replaced, or put back
   */
  renew(dependency: Dependency<unknown>): void {
    for (const made of this.#instances.keys()) {
      if (this.#pathFrom(made, dependency) !== undefined) this.#instances.delete(made);
    }
  }

  /**
   * @param creating - what every creation is called in from now on: an instance that outlives the delivery which asked for it
   * first must not take that delivery's `AsyncLocalStorage` along
   */
  createIn(creating: <T>(create: () => T) => T): void {
    this.#creating = creating;
  }

  /**
   * Tears everything down, in reverse order of creation, once what is being created has settled.
   *
   * @param failure - what had failed; thrown into the generators
   * @returns the same, or with what failed now on top of it; `undefined` where all went well
   */
  close(failure?: Failure): Promise<Failure> {
    this.#closing ??= this.#tearDown(failure);
    return this.#closing;
  }

  async #find(request: Request): Promise<unknown> {
    if (this.#closing !== undefined) {
      throw new TypeError(
        `"${request.key}" was asked for after its ${this.#app ? "delivery was over" : "client was closed"}`,
      );
    }
    this.#link(request, request.dependency);
    const replacement = this.#overrides.get(request.dependency);
    if ("value" in replacement) return replacement.value;
    const { dependency } = replacement;
    if (dependency.scope === "app" && this.#app !== undefined) return this.#app.resolve({ ...request, by: undefined });
    if (dependency.scope !== "app" && this.#app === undefined) {
      throw new TypeError(
        `"${request.key}" lives as long as the client, and was replaced by one that lives for a delivery`,
      );
    }
    if (this.#shared !== undefined && !this.#overrides.affects(dependency)) {
      return this.#shared.resolve({ ...request, dependency, by: undefined });
    }
    this.#link(request, dependency);
    return this.#instances.get(dependency) ?? this.#create(dependency, request.key);
  }

  async #tearDown(failure: Failure): Promise<Failure> {
    await Promise.allSettled(this.#pending);
    let current = failure;
    for (const { name, instance } of this.#inOrderOfTeardown()) {
      try {
        await instance.teardown(current);
      } catch (error) {
        current = { error: translates(error, current) ? error : teardownError(name, error, current) };
      }
    }
    return current;
  }

  /** The reverse of their creation, save that what another one asked for late, by `use()`, outlives that other one. */
  #inOrderOfTeardown(): readonly Created[] {
    const ordered = new Set<Created>();
    const latestFirst = this.#created.toReversed();
    const visit = (created: Created): void => {
      for (const other of latestFirst) {
        if (this.#asked.get(other.dependency)?.has(created.dependency) && !ordered.has(other)) visit(other);
      }
      ordered.add(created);
    };
    for (const created of latestFirst) visit(created);
    return [...ordered];
  }

  #create(dependency: Dependency<unknown>, key: string): Promise<unknown> {
    const recipe = recipeOf(dependency);
    if (recipe === undefined) throw new TypeError(`"${key}" is not a dependency; make one with depends()`);
    const created = this.#creating(() => this.#build(dependency, recipe, key));
    this.#instances.set(dependency, created);
    this.#pending.add(created);
    const settled = (failed: boolean): void => {
      this.#pending.delete(created);
      // An app dependency that could not be created is tried again by the next delivery; within a delivery, once failed
      // is failed for all who ask.
      const isApp = this.#app === undefined;
      if (failed && isApp && this.#instances.get(dependency) === created) this.#instances.delete(dependency);
    };
    created.then(
      () => settled(false),
      () => settled(true),
    );
    return created;
  }

  async #build(dependency: Dependency<unknown>, recipe: DependencyRecipe, key: string): Promise<unknown> {
    const deps = await this.resolveAll(recipe.deps, dependency);
    const delivery = this.#delivery?.(this, dependency);
    const returned = recipe.factory({ ...deps, ...(delivery && { delivery }) } as never);
    const owns = (value: unknown): boolean => recipe.dispose && !this.#lent.get(dependency)?.has(value);
    const instance = await instantiate(returned, owns);
    this.#created.push({ dependency, name: recipe.name ?? key, instance });
    return instance.value;
  }

  /** Notes who asks for what; two that wait for each other would wait for ever, so a circle is refused. */
  #link({ by, key }: Request, dependency: Dependency<unknown>): void {
    if (by === undefined) return;
    const path = by === dependency ? [] : this.#pathFrom(dependency, by);
    if (path !== undefined) {
      throw new TypeError(`these dependencies need each other in a circle: ${[key, ...path, key].join(" → ")}`);
    }
    const asked = this.#asked.get(by) ?? new Map<Dependency<unknown>, string>();
    this.#asked.set(by, asked.set(dependency, key));
  }

  #pathFrom(
    from: Dependency<unknown>,
    to: Dependency<unknown>,
    seen: Set<Dependency<unknown>> = new Set(),
  ): string[] | undefined {
    for (const [next, key] of this.#asked.get(from) ?? []) {
      if (next === to) return [key];
      if (seen.has(next)) continue;
      const rest = this.#pathFrom(next, to, seen.add(next));
      if (rest !== undefined) return [key, ...rest];
    }
    return undefined;
  }
}

/** Whether a dependency put the failure it was told of into other words, rather than failing itself. */
function translates(error: unknown, failure: Failure): boolean {
  return failure !== undefined && error instanceof Error && error.cause === failure.error;
}

function teardownError(name: string, error: unknown, failure: Failure): TeardownError {
  const said = errorMessage(error);
  return new TeardownError(`the teardown of the dependency "${name}" failed: ${said}`, error, failure?.error);
}
