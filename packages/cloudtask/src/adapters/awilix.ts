import type { AwilixContainer } from "awilix";
import type { Dependency } from "../dependencies/dependency.ts";
import { depends } from "../dependencies/depends.ts";
import { awilixScope } from "./_awilix-scope.ts";

/** An awilix container, or a dependency that provides a container or a scope. */
export type AwilixSource<Cradle extends object> = AwilixContainer<Cradle> | Dependency<AwilixContainer<Cradle>>;

/** The names in a container's cradle, or any name if the cradle's type is empty. */
export type AwilixName<Cradle extends object> = [keyof Cradle] extends [never]
  ? string | symbol
  : Extract<keyof Cradle, string | symbol>;

/** The value that a cradle has under a name. */
export type AwilixValue<Cradle extends object, Name> = Name extends keyof Cradle ? Awaited<Cradle[Name]> : unknown;

/**
 * Creates a dependency from a registration of an awilix container. Each delivery has one scope of the container, shared by
 * everything in it. The scope is disposed before the response is sent, after everything that uses it was torn down; if disposing
 * throws, the delivery fails. The delivery is registered in the scope as `delivery`, unless the container already has that name.
 *
 * You can also pass a dependency. One of scope `"app"` must provide a container, which is used as described above. Any other must
 * provide a scope, such as the `diScope` of @fastify/awilix, which is used as it is and not disposed: Fastify disposes it after
 * the response, and not at all if the caller disconnected.
 *
 * @param source - a container, or a dependency that provides a container or a scope
 * @param name - the name of a registration; if omitted, the dependency provides the whole cradle
 * @returns a dependency whose values are disposed only by awilix
 * @throws TypeError if `source` is neither a container nor a dependency
 *
 * @example
 * ```ts
 * const processOrder = client.task("process-order", {
 *   deps: { orders: fromAwilix(container, "orders") },
 *   run: ({ orderId }: { orderId: number }, { orders }) => orders.process(orderId),
 * });
 *
 * const getScope = depends({ request: fastifyRequest }, ({ request }) => request.diScope, { dispose: false });
 * const getOrders = fromAwilix(getScope, "orders");
 * ```
 */
export function fromAwilix<Cradle extends object>(source: AwilixSource<Cradle>): Dependency<Cradle>;
export function fromAwilix<Cradle extends object, const Name extends AwilixName<Cradle>>(
  source: AwilixSource<Cradle>,
  name: Name,
): Dependency<AwilixValue<Cradle, Name>>;
export function fromAwilix(source: AwilixSource<object>, name?: string | symbol): Dependency<unknown> {
  const resolve = async ({ scope }: { readonly scope: AwilixContainer }): Promise<unknown> =>
    name === undefined ? scope.cradle : scope.resolve(name);
  return depends({ scope: awilixScope(source) }, resolve, { name: String(name ?? "cradle"), dispose: false });
}
