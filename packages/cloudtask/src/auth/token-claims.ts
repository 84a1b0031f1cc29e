import { printable } from "../core/printable.ts";

/** The claims that a worker accepts. */
export interface ExpectedClaims {
  /** The audience that a push requests from Cloud Tasks. */
  readonly audience: string;
  /** Email addresses. */
  readonly serviceAccounts: readonly string[];
}

/** The claims of a token. The values can be anything. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/**
 * Compares the claims of a token with the claims that a worker accepts. The account matters as much as the audience, because
 * anyone with a Google account can get a token for any audience.
 *
 * @returns all differences, with the expected and the received values; `undefined` if there are none
 */
export function claimMismatch(claims: TokenClaims, expected: ExpectedClaims): string | undefined {
  const { audience, serviceAccounts } = expected;
  const problems: string[] = [];
  if (!isFor(claims.aud, audience)) {
    problems.push(
      `its audience is ${printable(claims.aud)}, but this worker expects ${printable(audience)} ` +
        "(the pushing client and the worker's client must have the same `audience`, or else the same `url`)",
    );
  }
  if (typeof claims.email !== "string" || !serviceAccounts.includes(claims.email)) {
    const accepted = serviceAccounts.map(printable).join(" or ");
    problems.push(`its email is ${printable(claims.email)}, but this worker expects ${accepted}`);
  }
  if (claims.email_verified !== true) problems.push("its email is not verified");
  return problems.length === 0 ? undefined : problems.join("; ");
}

/** Every other audience of a token could also use it. Cloud Tasks never creates a token with several audiences. */
function isFor(received: unknown, audience: string): boolean {
  return received === audience || (Array.isArray(received) && received.length === 1 && received[0] === audience);
}
