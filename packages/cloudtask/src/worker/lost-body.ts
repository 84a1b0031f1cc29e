import type { IncomingRequest } from "./incoming-request.ts";

/** The reasons why the bodies of requests cannot be read, if an adapter knows them. */
const lostBodies = new WeakMap<IncomingRequest, string>();

/** Marks the body of a request as lost: other code has read it. The worker then rejects the request for this reason. */
export function markBodyLost(request: IncomingRequest, reason: string): void {
  lostBodies.set(request, reason);
}

/** Returns the reason why the body of a request cannot be read, if an adapter has marked it. */
export function lostBodyOf(request: IncomingRequest): string | undefined {
  return lostBodies.get(request);
}
