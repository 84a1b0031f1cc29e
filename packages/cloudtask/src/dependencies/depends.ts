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

/**
 * Options of `depends()`.
 *
 * @example
 * ```ts
 * const getPool = depends(() => createPool(), { scope: "app", name: "pool" });
 * ```
 */
export interface DependsOptions<Scope extends "delivery" | "app" = "delivery" | "app"> {
  /**
   * The lifetime of an instance. `"delivery"` (the default): one instance per delivery. `"app"`: one instance per client,
   * created at the first use and torn down by `client.close()`. A dependency of the scope `"app"` can need only dependencies of
   * the scope `"app"`, and its factory receives no `delivery`.
   */
  readonly scope?: Scope | undefined;
  /** The name in error messages. Default: the name of the factory function, if it has one. */
  readonly name?: string | undefined;
  /**
   * `true` if the teardown disposes a returned value with `Symbol.asyncDispose` or `Symbol.dispose`. Default `true`. Set it to
   * `false` if the factory returns a value that it does not own, such as a pool shared by the whole process.
   */
  readonly dispose?: boolean | undefined;
}

/** The dependencies of a factory or handler that has none. */
export type NoDependencies = Record<never, never>;

/**
 * Creates a dependency: a value that a handler needs, created for a delivery and torn down after it, before the worker
 * answers.
 *
 * The factory returns a value or a promise, or it is a generator that yields the value once. The code before `yield` creates
 * it, the code after `yield` tears it down. If the handler fails, or a dependency that needs this one fails, the error is
 * thrown at the `yield`, so `try`/`catch` can roll back. Catching it there does not make the delivery succeed. A returned value
 * with `Symbol.asyncDispose` or `Symbol.dispose` is disposed.
 *
 * Teardown runs in reverse order of creation. If a teardown throws, the delivery fails.
 *
 * @param factory - creates the value; receives `{ delivery }`
 * @param options - the scope and the name
 * @returns a dependency for the `deps` of a task or of another dependency
 * @throws TypeError if an argument has the wrong type, or if an `"app"` dependency needs a `"delivery"` dependency
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
  factory: (context: WithDelivery<NoDependencies>) => Returned,
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
  return createDependency(readRecipe(deps, factory, options));
}

function readRecipe(deps: unknown, factory: unknown, options: unknown): DependencyRecipe {
  if (typeof factory !== "function") {
    throw new TypeError(`depends(): expected a factory function, received ${typeof factory}`);
  }
  const { scope = "delivery", name, dispose = true, ...unknown } = (options ?? {}) as DependsOptions;
  const ownName = name ?? (factory.name || undefined);
  const [unknownOption] = Object.keys(unknown);
  if (unknownOption !== undefined) {
    throw new TypeError(`depends(): unknown option "${unknownOption}"; the options are scope, name and dispose`);
  }
  if (scope !== "delivery" && scope !== "app") {
    throw new TypeError(`depends(): \`scope\` must be "delivery" or "app", received ${JSON.stringify(scope)}`);
  }
  const caller = `depends(${ownName ?? ""})`;
  const checked = checkDependencies(deps, caller);
  const perDelivery = Object.keys(checked).find((key) => scope === "app" && checked[key]?.scope !== "app");
  if (perDelivery !== undefined) {
    throw new TypeError(
      `${caller}: a dependency of the scope "app" cannot need "${perDelivery}", which has the scope "delivery"; ` +
        `give "${perDelivery}" the scope "app", or give this one the scope "delivery"`,
    );
  }
  return { scope, name: ownName, dispose, deps: checked, factory: factory as DependencyRecipe["factory"] };
}

/**
 * Checks the option `deps`.
 *
 * @param caller - the function or definition that received it, for error messages
 * @returns a copy
 */
export function checkDependencies(deps: unknown, caller: string): Readonly<Record<string, Dependency<unknown>>> {
  if (typeof deps !== "object" || deps === null || Array.isArray(deps)) {
    throw new TypeError(`${caller}: \`deps\` must be an object of dependencies by name, received ${kindOf(deps)}`);
  }
  for (const [key, value] of Object.entries(deps)) {
    if (key === "delivery") {
      throw new TypeError(
        `${caller}: the name "delivery" is reserved for the delivery itself; give the dependency another name`,
      );
    }
    if (recipeOf(value) === undefined) {
      throw new TypeError(`${caller}: "${key}" must be a dependency created by depends(), received ${kindOf(value)}`);
    }
  }
  return { ...deps };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}
