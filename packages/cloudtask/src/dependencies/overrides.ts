import { type Dependency, recipeOf } from "./dependency.ts";

/** The replacement of a dependency: another dependency or a value. */
export type Replacement = { readonly dependency: Dependency<unknown> } | { readonly value: unknown };

/**
 * The replaced dependencies of a client, for tests. A single delivery may have overrides of its own on top:
 * `new Overrides(registry.overrides)`, passed to `DeliveryServer.outcomeOf(request, { overrides })`. They apply to the
 * middleware, the handler and the hooks of that delivery only.
 */
export class Overrides {
  /** The last replacement in a list is active. Undoing one keeps the others. */
  readonly #replacements = new Map<Dependency<unknown>, readonly Replacement[]>();
  readonly #base: Overrides | undefined;

  /** @param base - used for dependencies that these overrides do not replace */
  constructor(base?: Overrides) {
    this.#base = base;
  }

  /**
   * Replaces a dependency.
   *
   * @param replacement - another dependency, or a value
   * @returns a function that undoes the replacement; several can be undone in any order
   * @throws TypeError if `dependency` is not a dependency
   */
  set(dependency: Dependency<unknown>, replacement: unknown): () => void {
    if (recipeOf(dependency) === undefined) {
      throw new TypeError(
        `client.override(): expected a dependency created by depends(), received ${typeof dependency}`,
      );
    }
    const added: Replacement =
      recipeOf(replacement) === undefined ? { value: replacement } : { dependency: replacement as Dependency<unknown> };
    this.#replacements.set(dependency, [...this.#replacementsOf(dependency), added]);
    return () => {
      const others = this.#replacementsOf(dependency).filter((each) => each !== added);
      this.#replacements.set(dependency, others);
    };
  }

  /** Returns the active replacement of a dependency, or the dependency itself if it is not replaced. */
  get(dependency: Dependency<unknown>): Replacement {
    return this.#replacementsOf(dependency).at(-1) ?? this.#base?.get(dependency) ?? { dependency };
  }

  /** Checks whether these overrides, without the base, replace a dependency that another one needs, directly or not. */
  affects(dependency: Dependency<unknown>, seen: Set<Dependency<unknown>> = new Set()): boolean {
    if (seen.has(dependency)) return false;
    seen.add(dependency);
    return Object.values(recipeOf(dependency)?.deps ?? {}).some((needed) => {
      if (this.#replacementsOf(needed).length > 0) return true;
      const replacement = this.get(needed);
      return "dependency" in replacement && this.affects(replacement.dependency, seen);
    });
  }

  #replacementsOf(dependency: Dependency<unknown>): readonly Replacement[] {
    return this.#replacements.get(dependency) ?? [];
  }
}
