import { type Dependency, recipeOf } from "./dependency.ts";

/** What stands in for a dependency: another dependency, or a value. */
export type Replacement = { readonly dependency: Dependency<unknown> } | { readonly value: unknown };

/**
 * Which dependencies are replaced, for tests. A client has one. One delivery may have one of its own over that:
 * `new Overrides(registry.overrides)`, handed to `DeliveryServer.outcomeOf(request, { overrides })`. It then holds for that
 * delivery alone: its middleware, its handler, its hooks.
 */
export class Overrides {
  /** The last one of a list is in force; whichever is undone, the others stay. */
  readonly #replacements = new Map<Dependency<unknown>, readonly Replacement[]>();
  readonly #below: Overrides | undefined;

  /** @param below - is asked for what these do not replace */
  constructor(below?: Overrides) {
    this.#below = below;
  }

  /**
   * @param dependency - the one to replace
   * @param replacement - another dependency, or the value itself
   * @returns what undoes it, in whatever order several are undone
   * @throws TypeError where the first is no dependency
   */
  set(dependency: Dependency<unknown>, replacement: unknown): () => void {
    if (recipeOf(dependency) === undefined) {
      throw new TypeError(`client.override(): expected a dependency made by depends(), received ${typeof dependency}`);
    }
    const added: Replacement =
      recipeOf(replacement) === undefined ? { value: replacement } : { dependency: replacement as Dependency<unknown> };
    this.#replacements.set(dependency, [...this.#of(dependency), added]);
    return () => {
      this.#replacements.set(
        dependency,
        this.#of(dependency).filter((each) => each !== added),
      );
    };
  }

  /**
   * @param dependency - what is asked for
   * @returns what to resolve in its place; itself where nothing replaces it
   */
  get(dependency: Dependency<unknown>): Replacement {
    return this.#of(dependency).at(-1) ?? this.#below?.get(dependency) ?? { dependency };
  }

  /**
   * @param dependency - any
   * @returns whether something that it is made with, directly or not, is replaced here, and not only below
   */
  affects(dependency: Dependency<unknown>, seen: Set<Dependency<unknown>> = new Set()): boolean {
    if (seen.has(dependency)) return false;
    seen.add(dependency);
    return Object.values(recipeOf(dependency)?.deps ?? {}).some((each) => {
      const replacement = this.get(each);
      return this.#of(each).length > 0 || ("dependency" in replacement && this.affects(replacement.dependency, seen));
    });
  }

  #of(dependency: Dependency<unknown>): readonly Replacement[] {
    return this.#replacements.get(dependency) ?? [];
  }
}
