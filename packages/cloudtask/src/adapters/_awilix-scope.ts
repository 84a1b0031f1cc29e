import type { AwilixContainer } from "awilix";
import type { Delivery } from "../dependencies/delivery.ts";
import { type Dependency, recipeOf } from "../dependencies/dependency.ts";
import { depends } from "../dependencies/depends.ts";

const NAME = "awilix scope";

type Source = AwilixContainer | Dependency<AwilixContainer>;

/** One dependency per source, so everything in a delivery that uses the source shares one scope. */
const scopes = new WeakMap<Source, Dependency<AwilixContainer>>();

/**
 * Returns the dependency that provides a delivery's scope: one that opens it in the container, or the given dependency itself.
 *
 * @throws TypeError if the source is neither a container nor a dependency
 */
export function awilixScope(source: Source): Dependency<AwilixContainer> {
  const shared = scopes.get(source);
  if (shared !== undefined) return shared;
  if (!isDependency(source) && !isContainer(source)) {
    throw new TypeError("fromAwilix(): expected an awilix container, or a dependency that provides one");
  }
  const scope = isDependency(source) ? scopeFromDependency(source) : scopeFromContainer(source);
  scopes.set(source, scope);
  return scope;
}

function isDependency(source: Source): source is Dependency<AwilixContainer> {
  return recipeOf(source) !== undefined;
}

/** Checks with `in`, because a cradle that was passed by mistake throws for every name that it does not have. */
function isContainer(source: unknown): source is AwilixContainer {
  return typeof source === "object" && source !== null && "createScope" in source;
}

function scopeFromDependency(source: Dependency<AwilixContainer>): Dependency<AwilixContainer> {
  if (source.scope === "delivery") return source;
  return depends({ container: source }, ({ container, delivery }) => open(container, delivery), { name: NAME });
}

function scopeFromContainer(container: AwilixContainer): Dependency<AwilixContainer> {
  return depends(({ delivery }) => open(container, delivery), { name: NAME });
}

async function* open(container: AwilixContainer, delivery: Delivery): AsyncGenerator<AwilixContainer> {
  const scope = container.createScope();
  // The same resolver as asValue() of awilix creates: in strict mode, longer-lived registrations may depend on it.
  const resolver = { resolve: () => delivery, isLeakSafe: true };
  if (!container.hasRegistration("delivery")) scope.register("delivery", resolver);
  try {
    yield scope;
  } finally {
    await scope.dispose();
  }
}
