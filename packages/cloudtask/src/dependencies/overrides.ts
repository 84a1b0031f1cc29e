import { type Dependency, recipeOf } from "./dependency.ts";

/** What stands in for a dependency: another dependency, or a value. */
export type Replacement = { readonly dependency: Dependency<unknown> } | { readonly value: unknown };

/** Which dependencies are replaced, for tests. */
export class Overrides {
  readonly #replacements = new Map<Dependency<unknown>, Replacement>();

  /**
   * @param dependency - the one to replace
   * @param replacement - another dependency, or the value itself
   * @returns what undoes it: back to what stood there before
   * @throws TypeError where the first is no dependency
   */
  set(dependency: Dependency<unknown>, replacement: unknown): () => void {
    if (recipeOf(dependency) === undefined) {
      throw new TypeError(`client.override(): expected a dependency made by depends(), received ${typeof dependency}`);
    }
    const before = this.#replacements.get(dependency);
    const after =
      recipeOf(replacement) === undefined ? { value: replacement } : { dependency: replacement as Dependency<unknown> };
    this.#replacements.set(dependency, after);
    return () => {
      if (this.#replacements.get(dependency) !== after) return;
      if (before === undefined) this.#replacements.delete(dependency);
      else this.#replacements.set(dependency, before);
    };
  }

  /**
   * @param dependency - what is asked for
   * @returns what to resolve in its place; itself where nothing replaces it
   */
  get(dependency: Dependency<unknown>): Replacement {
    return this.#replacements.get(dependency) ?? { dependency };
  }
}
