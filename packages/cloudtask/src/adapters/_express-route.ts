import type { NextFunction, Request } from "express";

/**
 * Checks whether a handler was called by a route (`app.post(path, handler)`) and not by `app.use()`. A handler of a route answers
 * only the path of the route. Middleware of `app.use()` is called for all paths below its mount.
 *
 * Express leaves the route of an earlier layer, such as a guard for all paths, on `request.route`. The route's stack does not
 * help either: express-async-errors and monitoring agents replace the handlers in it with wrappers.
 */
export function isInRoute(request: Request, next: NextFunction): boolean {
  const { route } = request;
  // A router puts its own `next` on the request and calls middleware with it. A route calls its handlers with another one.
  if (route === undefined || next === request.next) return false;
  // An agent may have wrapped `next`. The pattern then shows whether the route belongs to an earlier layer.
  return [route.path].flat().some((pattern: unknown) => belongsTo(pattern, request));
}

/** Checks whether a route with this pattern can be the current route of the request. */
function belongsTo(pattern: unknown, { baseUrl, path, params }: Request): boolean {
  // An earlier route for all paths matched the whole path, before a mount was removed from it.
  if (pattern instanceof RegExp) return pattern.test(path) && (baseUrl === "" || !pattern.test(baseUrl + path));
  const text = String(pattern);
  // Express 4 names a bare `*` "0".
  const names = [...text.matchAll(/[:*]"?(\w*)/g)].map(([, name]) => name || "0");
  if (names.length > 0) return names.every((name) => name in params);
  return /[^\w/.~-]/.test(text) || sameLiteral(text, path);
}

function sameLiteral(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => path.toLowerCase().replace(/\/$/, ""));
  return first === second;
}
