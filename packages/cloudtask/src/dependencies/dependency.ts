declare const PROVIDES: unique symbol;

/** The registry of symbols is shared by all copies of this package in a process. */
const BRAND: unique symbol = Symbol.for("cloudtask.dependency");

/**
 * A value that a handler needs, defined by `depends()`. It is created for a delivery, shared by everything in that delivery
 * that requests it, and torn down before the worker answers.
 *
 * @typeParam T - the type of the value
 *
 * @example
 * ```ts
 * const getClock: Dependency<{ now(): number }> = depends(() => ({ now: Date.now }));
 * client.task("stamp", { deps: { clock: getClock }, run: (_: undefined, { clock }) => clock.now() });
 * ```
 */
export interface Dependency<out T> {
  /** The lifetime of an instance: one delivery, or the lifetime of the client. */
  readonly scope: DependencyScopeName;
  /** The type of the value. Exists only in the types. */
  readonly [PROVIDES]?: T;
}

/** `"delivery"`: one instance per delivery. `"app"`: one instance per client, torn down by `client.close()`. */
export type DependencyScopeName = "delivery" | "app";

/** Dependencies by name. The name `delivery` is reserved for the delivery itself. */
export type Dependencies = { readonly [name: string]: Dependency<unknown> } & { readonly delivery?: never };

/** The values of dependencies, under the same names. */
export type Resolved<Deps extends Dependencies> = {
  readonly [Name in keyof Deps as Exclude<Name, "delivery">]: Deps[Name] extends Dependency<infer T> ? T : never;
};

/**
 * The value that a factory provides: the yielded value of a generator, the resolved value of a promise, or the value itself.
 *
 * @example
 * ```ts
 * const connect = async () => ({ query: (sql: string) => sql });
 * type Db = Provided<ReturnType<typeof connect>>; // { query: … }
 * ```
 */
export type Provided<Returned> =
  Returned extends AsyncGenerator<infer T, unknown, unknown>
    ? T
    : Returned extends Generator<infer T, unknown, unknown>
      ? Awaited<T>
      : Awaited<Returned>;

/** The arguments of `depends()`, kept out of the public type. */
export interface DependencyRecipe {
  readonly scope: DependencyScopeName;
  readonly name: string | undefined;
  readonly dispose: boolean;
  readonly deps: Readonly<Record<string, Dependency<unknown>>>;
  readonly factory: (context: never) => unknown;
}

/** Creates a dependency from its recipe, with further public members. */
export function createDependency<T, More extends object = object>(
  recipe: DependencyRecipe,
  more?: More,
): Dependency<T> & More {
  const dependency = { scope: recipe.scope, ...more };
  return Object.freeze(Object.defineProperty(dependency, BRAND, { value: recipe })) as Dependency<T> & More;
}

/** Returns the recipe of a dependency, even if another copy of this package created it; `undefined` for other values. */
export function recipeOf(value: unknown): DependencyRecipe | undefined {
  if (typeof value !== "object" || value === null || !(BRAND in value)) return undefined;
  return value[BRAND] as DependencyRecipe;
}
