import type { Delivery } from "./delivery.ts";
import { createDependency, type Dependency } from "./dependency.ts";

/**
 * A dependency whose value belongs to the request of a delivery. Create one with `fromRequest()`.
 *
 * @example
 * ```ts
 * const getTenant: RequestDependency<string> = fromRequest("tenant");
 * const handle = (request: Request) => worker.fetch(getTenant.attach(request, "acme"));
 * ```
 */
export interface RequestDependency<T> extends Dependency<T> {
  /**
   * Sets the value for the delivery of one request.
   *
   * @param request - the request that you pass to `worker.fetch()`
   * @param value - the value; you still own it, and the delivery does not dispose it
   * @returns `request`, to pass it on
   */
  readonly attach: (request: Request, value: T) => Request;
}

/** The values attached to one request, by dependency. */
type AttachedValues = ReadonlyMap<Dependency<unknown>, unknown>;

/** A property of requests and deliveries. A value attached by another copy of this package is found too. */
const ATTACHED: unique symbol = Symbol.for("cloudtask.attached");

/**
 * Creates a dependency for a value that is known when the request arrives: the bindings of a Cloudflare Worker, the context
 * of a framework, or the tenant that a proxy determined. The adapters use it to provide the objects of their frameworks
 * (`expressRequest`, `fastifyRequest`, `honoContext`, `koaContext`).
 *
 * A delivery without an attached value, such as a run by `task.execute()`, throws a TypeError when it resolves the
 * dependency. Provide a value with `client.override()` there.
 *
 * @param name - the name in error messages
 * @returns a dependency with the method `attach()`, which sets its value for one request
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
  const dependency: RequestDependency<T> = createDependency(
    {
      scope: "delivery",
      name,
      dispose: false,
      deps: {},
      factory: ({ delivery }: { readonly delivery: Delivery }) => attachedValue(delivery, dependency, name),
    },
    { attach: (request: Request, value: T): Request => attach(request, [[dependency, value]]) },
  );
  return dependency;
}

/**
 * Copies the attached values to a request that replaces another one. Values that are already attached to the replacement take
 * precedence.
 *
 * @returns the replacement
 */
export function copyAttached(from: Request, to: Request): Request {
  const attached = attachedTo(from);
  return attached === undefined ? to : attach(to, [...attached, ...(attachedTo(to) ?? [])]);
}

/** Returns the values attached to a request, or to the request of a delivery; `undefined` if there are none. */
export function attachedTo(carrier: Request | Delivery): AttachedValues | undefined {
  return (carrier as { readonly [ATTACHED]?: AttachedValues })[ATTACHED];
}

/** Sets the attached values of a request or a delivery, and keeps those of other dependencies. */
export function attach<Carrier extends Request | Delivery>(
  carrier: Carrier,
  values: Iterable<readonly [Dependency<unknown>, unknown]>,
): Carrier {
  const earlier = attachedTo(carrier);
  const value: AttachedValues = new Map(earlier === undefined ? values : [...earlier, ...values]);
  return Object.defineProperty(carrier, ATTACHED, { value, configurable: true });
}

function attachedValue(delivery: Delivery, dependency: Dependency<unknown>, name: string): unknown {
  const values = attachedTo(delivery);
  if (values?.has(dependency)) return values.get(dependency);
  throw new TypeError(
    `"${name}" has no value in this delivery, because none was attached to its request: deliver the task through the ` +
      `adapter that provides "${name}", or provide a value with client.override(${name}, …)`,
  );
}
