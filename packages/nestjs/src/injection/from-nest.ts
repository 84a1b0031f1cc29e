import type { Abstract, InjectionToken } from "@nestjs/common";
import { type Dependency, depends } from "cloudtask";
import { deliveryInstances } from "./delivery-instances.ts";

/** One dependency per token: `client.override()` must receive the same one as the handlers. */
const dependencies = new Map<InjectionToken, Dependency<unknown>>();

/**
 * Creates a dependency from a provider of a NestJS app, for handlers defined outside NestJS. The provider comes from the running
 * app that imports `CloudTaskModule` for the handler's client. Singletons are shared with the app. Request-scoped and transient
 * providers are created once per delivery, and disposed after it if they are classes or if `disposeFactories` lists them. It also
 * works in `execute()` and with `eager: "immediate"`.
 *
 * @param token - the token of a provider in any module: a class (abstract or not), a string or a symbol
 * @returns a dependency, always the same one for a token; if no such app is running, a handler that uses it fails with a
 * TypeError
 * @throws TypeError if the token is none of these
 *
 * @example
 * ```ts
 * export const processOrder = client.task("process-order", {
 *   deps: { orders: fromNest(OrdersService) },
 *   run: (order: { id: number }, { orders }) => orders.process(order.id),
 * });
 * ```
 */
export function fromNest<T>(token: Abstract<T>): Dependency<T>;
export function fromNest<T = unknown>(token: string | symbol): Dependency<T>;
export function fromNest(token: InjectionToken): Dependency<unknown> {
  const existing = dependencies.get(token);
  if (existing !== undefined) return existing;
  if (!["function", "string", "symbol"].includes(typeof token)) {
    throw new TypeError(
      `fromNest(): the token must be a class, a string or a symbol, received ${typeof token}. With circular imports ` +
        "between modules, a class may not be defined yet",
    );
  }
  const dependency = depends({ context: deliveryInstances }, ({ context }) => context.resolve(token), {
    name: `fromNest(${typeof token === "function" ? token.name : String(token)})`,
    // Singletons belong to the app; the context disposes the rest.
    dispose: false,
  });
  dependencies.set(token, dependency);
  return dependency;
}
