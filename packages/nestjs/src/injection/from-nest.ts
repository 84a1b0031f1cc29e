import type { Abstract, InjectionToken } from "@nestjs/common";
import { type Dependency, depends } from "cloudtask";
import { deliveryInstances } from "./delivery-instances.ts";

/** One for each token, so that `client.override()` meets what handlers name. */
const ofTokens = new Map<InjectionToken, Dependency<unknown>>();

/**
 * A provider of a NestJS app as a dependency, for handlers that stand outside Nest. It comes from the app that runs with
 * `CloudTaskModule` for the handler's client: a singleton is Nest's own; what is request-scoped or transient is made for the
 * delivery, all of it in one context, and disposed after it where a class is its provider, or `disposeFactories` names it. It
 * works in `execute()` and with `eager: "immediate"` too.
 *
 * @param token - of a provider in any module: a class, also an abstract one, a string or a symbol
 * @returns a dependency, the same for the same token; asked for where no such app runs, it throws a TypeError
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
  const before = ofTokens.get(token);
  if (before !== undefined) return before;
  if (!["function", "string", "symbol"].includes(typeof token)) {
    throw new TypeError(
      `fromNest(): expected the token of a provider, a class, string or symbol; received ${typeof token}; where modules ` +
        "import each other in a circle, a class may not be defined yet",
    );
  }
  const made = depends({ context: deliveryInstances }, ({ context }) => context.resolve(token), {
    name: `fromNest(${typeof token === "function" ? token.name : String(token)})`,
    // Nest's singletons are the app's; the context disposes the rest.
    dispose: false,
  });
  ofTokens.set(token, made);
  return made;
}
