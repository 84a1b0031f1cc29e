import { createRequire } from "node:module";
import type { RequestHandler } from "express";

type Wrap = (handler: RequestHandler) => RequestHandler;

/** As express-async-errors 3 does it: every handler is replaced by a function that passes a rejection on to `next`. */
const catchRejections: Wrap = (handler) => {
  const wrapper: RequestHandler = (request, response, next) => {
    const returned: unknown = handler(request, response, next);
    if (returned instanceof Promise) returned.catch(next);
    return returned;
  };
  return Object.assign(Object.defineProperty(wrapper, "length", { value: handler.length }), handler);
};

/** As New Relic's agent does it: the handler and the `next` that it is called with are replaced. */
const recordSegments: Wrap = (handler) => {
  const wrapper: RequestHandler = (request, response, next) => handler(request, response, (...args) => next(...args));
  return Object.defineProperty(wrapper, "length", { value: handler.length });
};

/** Ways in which tools wrap the handlers of Express, by the tool's name. */
export const EXPRESS_WRAPPERS: readonly (readonly [name: string, wrap: Wrap])[] = [
  ["express-async-errors", catchRejections],
  ["New Relic", recordSegments],
];

interface Layer {
  wrapped?: RequestHandler;
  handle: RequestHandler;
}

const require = createRequire(import.meta.url);

/** The class that keeps one handler, in Express 4 and in the router of Express 5. */
const layers: readonly { readonly prototype: Layer }[] = [
  require(createRequire(require.resolve("express4")).resolve("./lib/router/layer")),
  require(createRequire(require.resolve("express")).resolve("router/lib/layer")),
];

/**
 * Wraps every handler that is registered from now on, as tools do that are loaded before the app.
 *
 * @returns a function that ends it
 */
export function wrapHandlers(wrap: Wrap): () => void {
  for (const { prototype } of layers) {
    Object.defineProperty(prototype, "handle", {
      configurable: true,
      get(this: Layer) {
        return this.wrapped;
      },
      set(this: Layer, handler: RequestHandler) {
        // Error handlers have four parameters, and are not of interest here.
        this.wrapped = handler.length > 3 ? handler : wrap(handler);
      },
    });
  }
  return () => {
    for (const { prototype } of layers) Reflect.deleteProperty(prototype, "handle");
  };
}
