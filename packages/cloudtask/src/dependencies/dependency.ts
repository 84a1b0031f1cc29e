declare const provides: unique symbol;

/**
 * Something a handler needs, made by `depends()`: created for a delivery, shared by everything in it that asks for it,
 * and torn down before the delivery is answered.
 */
export interface Dependency<out T> {
  /** How long an instance lives: for one delivery, or for as long as the client. */
  readonly scope: DependencyScopeName;
  /** What it provides. Exists only in the types. */
  readonly [provides]?: T;
}

/** `"delivery"`: one instance per delivery. `"app"`: one per client, torn down by `client.close()`. */
type DependencyScopeName = "delivery" | "app";

/** Dependencies by the name under which their values are handed over. `delivery` is taken: it is always there. */
export type Dependencies = { readonly [name: string]: Dependency<unknown> } & { readonly delivery?: never };

/** The values of dependencies, under the same names. */
export type Resolved<Deps extends Dependencies> = {
  readonly [Name in keyof Deps as Exclude<Name, "delivery">]: Deps[Name] extends Dependency<infer T> ? T : never;
};

/** What a factory's return value provides: what a generator yields, what a promise resolves to, or the value itself. */
export type Provided<Returned> =
  Returned extends AsyncGenerator<infer T, unknown, unknown>
    ? T
    : Returned extends Generator<infer T, unknown, unknown>
      ? Awaited<T>
      : Awaited<Returned>;

/** How `depends()` was called: the other half of a `Dependency`, kept out of the public type. */
export interface DependencyRecipe {
  readonly scope: DependencyScopeName;
  readonly name: string | undefined;
  readonly dispose: boolean;
  readonly deps: Readonly<Record<string, Dependency<unknown>>>;
  readonly factory: (context: never) => unknown;
}

const recipes = new WeakMap<object, DependencyRecipe>();

/** Makes the opaque object that stands for a recipe, with what else it can do. */
export function dependencyOf<T, More extends object = object>(
  recipe: DependencyRecipe,
  more?: More,
): Dependency<T> & More {
  const dependency = Object.freeze({ scope: recipe.scope, ...more }) as Dependency<T> & More;
  recipes.set(dependency, recipe);
  return dependency;
}

/** @returns the recipe behind a dependency; `undefined` for anything else */
export function recipeOf(value: unknown): DependencyRecipe | undefined {
  return typeof value === "object" && value !== null ? recipes.get(value) : undefined;
}
