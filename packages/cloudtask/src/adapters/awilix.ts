import type { AwilixContainer } from "awilix";
import type { Dependency } from "../dependencies/dependency.ts";
import { depends } from "../dependencies/depends.ts";
import { awilixScope } from "./_awilix-scope.ts";

/** A container of awilix; or a dependency of one, or of a scope that someone else opens and disposes. */
export type AwilixSource<Cradle extends object> = AwilixContainer<Cradle> | Dependency<AwilixContainer<Cradle>>;

/** What a container may be asked for: what its cradle names, or anything where it names nothing. */
export type AwilixName<Cradle extends object> = [keyof Cradle] extends [never]
  ? string | symbol
  : Extract<keyof Cradle, string | symbol>;

/** What stands under a name of a cradle. */
export type AwilixValue<Cradle extends object, Name> = Name extends keyof Cradle ? Awaited<Cradle[Name]> : unknown;

/**
 * Makes a dependency of what an awilix container holds. Each delivery gets one scope of the container, whatever asks for it and
 * however often; the scope is disposed before the answer, once everything that uses it was torn down, and where that throws the
 * delivery fails. In it the delivery is registered as `delivery`, unless the container has something of that name.
 *
 * A dependency stands for what it provides: one of scope `"app"` for a container, treated as above; any other for a scope that
 * is used as it is and left alone, such as the `diScope` of @fastify/awilix. Fastify disposes that one, after the answer, and not
 * at all where the caller hung up.
 *
 * @param source - a container, or a dependency of a container or a scope
 * @param name - of a registration; without it the whole cradle is provided
 * @returns a dependency; what it provides is disposed by awilix alone
 * @throws TypeError where `source` is neither
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
