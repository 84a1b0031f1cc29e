import type { Delivery } from "./delivery.ts";
import { type Dependency, dependencyOf } from "./dependency.ts";

/** A dependency whose value comes with the request that carries a delivery: made by `fromRequest()`. */
export interface RequestDependency<T> extends Dependency<T> {
  /**
   * Says what it is in the delivery that a request carries.
   *
   * @param request - the very object that `worker.fetch()` will be called with
   * @param value - the value; it stays the caller's, and is not disposed
   * @returns the request
   */
  readonly attach: (request: Request, value: T) => Request;
}

/** What was attached to one request. */
type Attached = ReadonlyMap<Dependency<unknown>, unknown>;

const ofRequests = new WeakMap<Request, Map<Dependency<unknown>, unknown>>();
const ofDeliveries = new WeakMap<Delivery, Attached>();

/**
 * Makes a dependency out of something that stands beside the request: the bindings of a Cloudflare Worker, the context of a
 * framework, a tenant that a proxy found out. The adapters hand over their frameworks' objects by it (`expressRequest`,
 * `fastifyRequest`, `honoContext`, `koaContext`).
 *
 * @param name - what to call it in error messages
 * @returns a dependency, with the method that gives it its value for one request; asked for in a delivery that nothing was
 * attached to, such as one of `task.execute()`, it throws a TypeError, and `client.override()` helps there
 *
 * @example
 * ```ts
 * const bindings = fromRequest<Env>("bindings");
 * const saveOrder = client.task("save-order", {
 *   deps: { bindings },
 *   run: (order: Order, { bindings }) => bindings.DB.prepare("…").run(),
 * });
 *
 * export default { fetch: (request: Request, env: Env) => worker.fetch(bindings.attach(request, env)) };
 * ```
 */
export function fromRequest<T>(name: string): RequestDependency<T> {
  const dependency: RequestDependency<T> = dependencyOf(
    {
      scope: "delivery",
      name,
      dispose: false,
      deps: {},
      factory: ({ delivery }: { readonly delivery: Delivery }) => valueIn(delivery, dependency, name),
    },
    {
      attach: (request: Request, value: T): Request => {
        const attached = ofRequests.get(request) ?? new Map<Dependency<unknown>, unknown>();
        ofRequests.set(request, attached.set(dependency, value));
        return request;
      },
    },
  );
  return dependency;
}

/**
 * Carries what was attached to a request over to one that takes its place.
 *
 * @returns the other one
 */
export function carryAttached(from: Request, to: Request): Request {
  const attached = ofRequests.get(from);
  if (attached !== undefined) ofRequests.set(to, new Map([...attached, ...(ofRequests.get(to) ?? [])]));
  return to;
}

/** @returns what was attached to a request; `undefined` where nothing was */
export function attachedTo(request: Request): Attached | undefined {
  return ofRequests.get(request);
}

/** @returns the delivery, from which dependencies now get what was attached to its request */
export function withAttached(delivery: Delivery, attached: Attached | undefined): Delivery {
  if (attached !== undefined) ofDeliveries.set(delivery, attached);
  return delivery;
}

function valueIn(delivery: Delivery, dependency: Dependency<unknown>, name: string): unknown {
  const attached = ofDeliveries.get(delivery);
  if (attached?.has(dependency)) return attached.get(dependency);
  throw new TypeError(
    `"${name}" belongs to the request of a delivery, and nothing attached it to this one: deliver through the adapter that ` +
      `it comes from, or give it a value by client.override(${name}, …)`,
  );
}
