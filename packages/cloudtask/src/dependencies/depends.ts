import type { WithDelivery } from "./delivery.ts";
import {
  createDependency,
  type Dependencies,
  type Dependency,
  type DependencyRecipe,
  type Provided,
  type Resolved,
  recipeOf,
} from "./dependency.ts";

/** How a dependency behaves. */
export interface DependsOptions<Scope extends "delivery" | "app" = "delivery" | "app"> {
  /**
   * `"delivery"` (the default): one instance per delivery. `"app"`: one per client, created when first needed, torn down
   * by `client.close()`; it may need only other `"app"` dependencies, and gets no `delivery`.
   */
  readonly scope?: Scope | undefined;
  /** What to call it in error messages. Default: the name of the factory, where it has one. */
  readonly name?: string | undefined;
  /**
   * Whether a returned value with `Symbol.asyncDispose` or `Symbol.dispose` is disposed at teardown. Default `true`; say
   * `false` for a factory that returns something it does not own, such as a pool of the whole process.
   */
  readonly dispose?: boolean | undefined;
}

type None = Record<never, never>;

/**
 * Makes a dependency: something a handler needs, created for a delivery and torn down after it, before the answer.
 *
 * The factory returns a value or a promise of one, or is a generator that yields it once: what stands before `yield`
 * creates, what stands after it tears down. Where the handler (or a dependency that needs this one) fails, its error is
 * thrown at the `yield`, so that `try`/`catch` can roll back; swallowing it there does not make the delivery succeed. A
 * value that is disposable (`Symbol.asyncDispose`, `Symbol.dispose`) is disposed. Teardown runs in reverse order of
 * creation, and where it throws the delivery fails.
 *
 * @param factory - creates it; gets `{ delivery }`
 * @param options - its scope and name
 * @returns a dependency, to be named in `deps` of a task or of another dependency
 * @throws TypeError where an argument is of the wrong type, or an `"app"` dependency needs a `"delivery"` one
 *
 * @example
 * ```ts
 * const getDb = depends(async function* () {
 *   const session = await pool.connect();
 *   try { yield session; await session.commit(); }
 *   catch (error) { await session.rollback(); throw error; }
 *   finally { session.release(); }
 * });
 * const getOrders = depends({ db: getDb }, ({ db }) => new OrderRepository(db)); // shares the same session
 * const getPool = depends(() => createPool(), { scope: "app" });                 // one for the whole client
 * ```
 */
export function depends<Returned>(
  factory: (context: Record<never, never>) => Returned,
  options: DependsOptions<"app"> & { readonly scope: "app" },
): Dependency<Provided<Returned>>;
export function depends<Returned>(
  factory: (context: WithDelivery<None>) => Returned,
  options?: DependsOptions<"delivery">,
): Dependency<Provided<Returned>>;
export function depends<const Deps extends Dependencies, Returned>(
  deps: Deps,
  factory: (context: Resolved<Deps>) => Returned,
  options: DependsOptions<"app"> & { readonly scope: "app" },
): Dependency<Provided<Returned>>;
export function depends<const Deps extends Dependencies, Returned>(
  deps: Deps,
  factory: (context: WithDelivery<Deps>) => Returned,
  options?: DependsOptions<"delivery">,
): Dependency<Provided<Returned>>;
export function depends(...args: readonly unknown[]): Dependency<unknown> {
  const [deps, factory, options] = typeof args[1] === "function" ? args : [{}, ...args];
  return createDependency(recipeFrom(deps, factory, options));
}

function recipeFrom(deps: unknown, factory: unknown, options: unknown): DependencyRecipe {
  if (typeof factory !== "function") {
    throw new TypeError(`depends(): expected a factory function, received ${typeof factory}`);
  }
  const { scope = "delivery", name, dispose = true, ...unknown } = (options ?? {}) as DependsOptions;
  const called = name ?? (factory.name || undefined);
  if (Object.keys(unknown).length > 0) {
    throw new TypeError(`depends(): unknown option "${Object.keys(unknown)[0]}"; there are scope, name and dispose`);
  }
  if (scope !== "delivery" && scope !== "app") {
    throw new TypeError(`depends(): scope must be "delivery" or "app", received ${JSON.stringify(scope)}`);
  }
  const checked = checkDependencies(deps, `depends(${called ?? ""})`);
  const shorter = Object.keys(checked).find((key) => scope === "app" && checked[key]?.scope !== "app");
  if (shorter !== undefined) {
    throw new TypeError(
      `depends(${called ?? ""}): it lives as long as the client, but "${shorter}" lives for one delivery; ` +
        `give "${shorter}" the scope "app", or this one the scope "delivery"`,
    );
  }
  return { scope, name: called, dispose, deps: checked, factory: factory as DependencyRecipe["factory"] };
}

/**
 * @param deps - what was given as `deps`
 * @param where - whose they are, for the message
 * @returns the same, copied and known to hold only dependencies
 * @throws TypeError naming the entry that is none
 */
export function checkDependencies(deps: unknown, where: string): Readonly<Record<string, Dependency<unknown>>> {
  if (typeof deps !== "object" || deps === null || Array.isArray(deps)) {
    throw new TypeError(`${where}: deps must be an object of dependencies by name`);
  }
  for (const [key, value] of Object.entries(deps)) {
    if (key === "delivery")
      throw new TypeError(`${where}: the name "delivery" is taken; call the dependency otherwise`);
    if (recipeOf(value) === undefined) {
      throw new TypeError(`${where}: "${key}" is not a dependency; make one with depends(), received ${typeof value}`);
    }
  }
  return { ...deps };
}
