import type { AwilixContainer } from "awilix";
import type { Delivery } from "../dependencies/delivery.ts";
import { type Dependency, recipeOf } from "../dependencies/dependency.ts";
import { depends } from "../dependencies/depends.ts";

const NAME = "awilix scope";

type Source = AwilixContainer | Dependency<AwilixContainer>;

/** By container, or by dependency of one, so that all who name it share the scope of a delivery. */
const opened = new WeakMap<Source, Dependency<AwilixContainer>>();

/**
 * @param source - a container, or a dependency of a container or a scope
 * @returns the scope of a delivery: one that is opened in the container, or the very one that is given
 * @throws TypeError where it is neither
 */
export function awilixScope(source: Source): Dependency<AwilixContainer> {
  const shared = opened.get(source);
  if (shared !== undefined) return shared;
  if (!isDependency(source) && !isContainer(source)) {
    throw new TypeError("fromAwilix(): expected an awilix container, or a dependency that provides one");
  }
  const scope = isDependency(source) ? ofDependency(source) : ofContainer(source);
  opened.set(source, scope);
  return scope;
}

function isDependency(source: Source): source is Dependency<AwilixContainer> {
  return recipeOf(source) !== undefined;
}

/** Asked with `in`: a cradle that is given in place of its container throws for every name it lacks. */
function isContainer(source: unknown): source is AwilixContainer {
  return typeof source === "object" && source !== null && "createScope" in source;
}

function ofDependency(source: Dependency<AwilixContainer>): Dependency<AwilixContainer> {
  if (source.scope === "delivery") return source;
  return depends({ container: source }, ({ container, delivery }) => open(container, delivery), { name: NAME });
}

function ofContainer(container: AwilixContainer): Dependency<AwilixContainer> {
  return depends(({ delivery }) => open(container, delivery), { name: NAME });
}

async function* open(container: AwilixContainer, delivery: Delivery): AsyncGenerator<AwilixContainer> {
  const scope = container.createScope();
  // As asValue() of awilix makes it: in strict mode it may go into what lives longer.
  const resolver = { resolve: () => delivery, isLeakSafe: true };
  if (!container.hasRegistration("delivery")) scope.register("delivery", resolver);
  try {
    yield scope;
  } finally {
    await scope.dispose();
  }
}
