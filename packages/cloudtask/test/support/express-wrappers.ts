import { createRequire } from "node:module";
import type { RequestHandler } from "express";

type Wrap = (handler: RequestHandler) => RequestHandler;

/** Like express-async-errors 3, which replaces every handler by a function that passes a rejection to `next`. */
const catchRejections: Wrap = (handler) => {
  const wrapper: RequestHandler = (request, response, next) => {
    const returned: unknown = handler(request, response, next);
    if (returned instanceof Promise) returned.catch(next);
    return returned;
  };
  return Object.assign(Object.defineProperty(wrapper, "length", { value: handler.length }), handler);
};

/** Like New Relic's agent, which replaces the handler and the `next` that it receives. */
const recordSegments: Wrap = (handler) => {
  const wrapper: RequestHandler = (request, response, next) => handler(request, response, (...args) => next(...args));
  return Object.defineProperty(wrapper, "length", { value: handler.length });
};

/** Wrappers for handlers of Express, by the name of the tool that installs them. */
export const EXPRESS_WRAPPERS: readonly (readonly [name: string, wrap: Wrap])[] = [
  ["express-async-errors", catchRejections],
  ["New Relic", recordSegments],
];

interface Layer {
  wrapped?: RequestHandler;
  handle: RequestHandler;
}

const require = createRequire(import.meta.url);

/** The classes that hold a handler, in Express 4 and in the router of Express 5. */
const layers: readonly { readonly prototype: Layer }[] = [
  require(createRequire(require.resolve("express4")).resolve("./lib/router/layer")),
  require(createRequire(require.resolve("express")).resolve("router/lib/layer")),
];

/**
 * Wraps every handler that is registered from now on, as tools do that load before the app.
 *
 * @returns a function that stops it
 */
export function wrapHandlers(wrap: Wrap): () => void {
  for (const { prototype } of layers) {
    Object.defineProperty(prototype, "handle", {
      configurable: true,
      get(this: Layer) {
        return this.wrapped;
      },
      set(this: Layer, handler: RequestHandler) {
        // A function with four parameters is an error handler.
        this.wrapped = handler.length > 3 ? handler : wrap(handler);
      },
    });
  }
  return () => {
    for (const { prototype } of layers) Reflect.deleteProperty(prototype, "handle");
  };
}
