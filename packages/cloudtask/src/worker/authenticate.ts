import type { CallerRules } from "../execution/registry.ts";
import type { Outcome } from "./outcome.ts";

/** Says why a request is refused; `undefined` where it may pass. */
export type Authenticate = (request: Request) => Promise<Outcome | undefined>;

/**
 * @param callers - what the client says of who may call
 * @param allowUnauthenticated - whether anyone may
 * @returns the check of one request
 * @throws TypeError where nothing would be checked and nobody said so
 */
export function createAuthenticate(callers: CallerRules, allowUnauthenticated: boolean): Authenticate {
  if (callers.secrets.length > 0) return secretCheck(callers);
  if (allowUnauthenticated) return async () => undefined;
  const oidc = callers.serviceAccount ? "; the OIDC token that `serviceAccount` attaches is not verified yet" : "";
  throw new TypeError(
    "createWorker(): this worker would run tasks for anyone who finds its URL: give the client a `secret`, or say " +
      `\`allowUnauthenticated: true\` where something else keeps strangers out${oidc}`,
  );
}

function secretCheck({ secrets, secretHeader }: CallerRules): Authenticate {
  const expected = Promise.all(secrets.map(digest));
  return async (request) => {
    const received = request.headers.get(secretHeader);
    if (received === null) {
      return { kind: "unauthenticated", message: `the header ${secretHeader} is missing` };
    }
    const hash = await digest(received);
    // Every secret is compared, whole, whichever fits: the time taken tells nothing.
    const fits = (await expected).map((secret) => equal(secret, hash));
    if (fits.includes(true)) return undefined;
    return { kind: "forbidden", message: `the header ${secretHeader} does not hold this worker's secret` };
  };
}

/** Digests are of one length, and what they differ in says nothing of what the secrets differ in. */
async function digest(secret: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret)));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0);
  return difference === 0;
}
