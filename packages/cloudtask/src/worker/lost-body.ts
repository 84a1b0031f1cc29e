/** The reasons why the bodies of requests cannot be read, if an adapter knows them. */
const lostBodies = new WeakMap<Request, string>();

/** Marks the body of a request as lost: other code has read it. The worker then rejects the request for this reason. */
export function markBodyLost(request: Request, reason: string): void {
  lostBodies.set(request, reason);
}

/** Returns the reason why the body of a request cannot be read, if an adapter has marked it. */
export function lostBodyOf(request: Request): string | undefined {
  return lostBodies.get(request);
}
