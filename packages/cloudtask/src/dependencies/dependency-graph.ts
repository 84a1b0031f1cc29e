import type { Dependency } from "./dependency.ts";

/** A request for a dependency. */
export interface DependencyRequest {
  readonly dependency: Dependency<unknown>;
  /** The name under which it was requested. */
  readonly key: string;
  /** The dependency that requests it; `undefined` for a handler, a middleware or a hook. */
  readonly requester: Dependency<unknown> | undefined;
}

/** The requests among the dependencies of one scope. It grows while the scope is in use, because of `delivery.use()`. */
export class DependencyGraph {
  readonly #requested = new Map<Dependency<unknown>, Map<Dependency<unknown>, string>>();

  /** @throws TypeError if the dependencies become circular: they would wait for each other forever */
  add({ requester, key, dependency }: DependencyRequest): void {
    if (requester === undefined) return;
    const path = requester === dependency ? [] : this.#path(dependency, requester);
    if (path !== undefined) {
      throw new TypeError(`circular dependencies: ${[key, ...path, key].join(" → ")}`);
    }
    const requested = this.#requested.get(requester) ?? new Map<Dependency<unknown>, string>();
    this.#requested.set(requester, requested.set(dependency, key));
  }

  /** Checks whether the first dependency was created with the second, directly or not. */
  needs(dependency: Dependency<unknown>, needed: Dependency<unknown>): boolean {
    return this.#path(dependency, needed) !== undefined;
  }

  /**
   * Sorts instances for teardown: in reverse order of creation, except that an instance is torn down after all instances that
   * requested it later, with `delivery.use()`.
   *
   * @param created - the instances in order of creation
   */
  teardownOrder<T extends { readonly dependency: Dependency<unknown> }>(created: readonly T[]): readonly T[] {
    const ordered = new Set<T>();
    const latestFirst = created.toReversed();
    const visit = (instance: T): void => {
      for (const other of latestFirst) {
        if (this.#requested.get(other.dependency)?.has(instance.dependency) && !ordered.has(other)) visit(other);
      }
      ordered.add(instance);
    };
    for (const instance of latestFirst) visit(instance);
    return [...ordered];
  }

  #path(
    from: Dependency<unknown>,
    to: Dependency<unknown>,
    seen: Set<Dependency<unknown>> = new Set(),
  ): string[] | undefined {
    for (const [next, key] of this.#requested.get(from) ?? []) {
      if (next === to) return [key];
      if (seen.has(next)) continue;
      const rest = this.#path(next, to, seen.add(next));
      if (rest !== undefined) return [key, ...rest];
    }
    return undefined;
  }
}
