import type { CallerRules } from "../execution/registry.ts";
import type { Outcome } from "./outcome.ts";

/** Says why a request is refused; `undefined` where it may pass. */
export type Authenticate = (request: Request) => Outcome | undefined;

/**
 * @param callers - what the client says of who may call
 * @param allowUnauthenticated - whether anyone may
 * @returns the check of one request
 * @throws TypeError where nothing would be checked and nobody said so
 */
export function createAuthenticate(callers: CallerRules, allowUnauthenticated: boolean): Authenticate {
  if (callers.secrets.length > 0) return secretCheck(callers);
  if (allowUnauthenticated) return () => undefined;
  const oidc = callers.serviceAccount ? "; the OIDC token that `serviceAccount` attaches is not verified yet" : "";
  throw new TypeError(
    "createWorker(): this worker would run tasks for anyone who finds its URL: give the client a `secret`, or say " +
      `\`allowUnauthenticated: true\` where something else keeps strangers out${oidc}`,
  );
}

function secretCheck({ secrets, secretHeader }: CallerRules): Authenticate {
  return (request) => {
    const received = request.headers.get(secretHeader);
    if (received === null) {
      return { kind: "unauthenticated", message: `the header ${secretHeader} is missing` };
    }
    // Every secret is compared, whole, whichever fits: the time taken tells nothing.
    const fits = secrets.map((secret) => equal(secret, received));
    if (fits.includes(true)) return undefined;
    return { kind: "forbidden", message: `the header ${secretHeader} does not hold this worker's secret` };
  };
}

/** Takes as long as what was received is long, wherever the two differ, and however long the secret is. */
function equal(secret: string, received: string): boolean {
  let difference = secret.length ^ received.length;
  for (let index = 0; index < received.length; index++) {
    difference |= secret.charCodeAt(index % secret.length) ^ received.charCodeAt(index);
  }
  return difference === 0;
}
