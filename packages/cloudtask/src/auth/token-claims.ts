import { printable } from "../core/printable.ts";

/** Whose tokens are accepted, and which of them. */
export interface ExpectedClaims {
  /** The one that Cloud Tasks is told to put into them. */
  readonly audience: string;
  /** The emails of service accounts. */
  readonly serviceAccounts: readonly string[];
}

/** What a token says; anything may stand there. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/**
 * Compares what a token says with what a worker expects: anyone with a Google account can get a token for any audience, so
 * that the account counts as much as the audience.
 *
 * @param claims - the token's
 * @param expected - the worker's
 * @returns everything that does not fit, expected beside received; `undefined` where all does
 */
export function claimMismatch(claims: TokenClaims, expected: ExpectedClaims): string | undefined {
  const { audience, serviceAccounts } = expected;
  const problems: string[] = [];
  if (!isFor(claims.aud, audience)) {
    problems.push(
      `its audience is ${printable(claims.aud)} where this worker expects ${printable(audience)} ` +
        "(the `audience`, or else the `url`, of the client that pushes and of the worker's must be the same)",
    );
  }
  if (typeof claims.email !== "string" || !serviceAccounts.includes(claims.email)) {
    const accepted = serviceAccounts.map(printable).join(" or ");
    problems.push(`its email is ${printable(claims.email)} where this worker expects ${accepted}`);
  }
  if (claims.email_verified !== true) problems.push("its email is not verified");
  return problems.length === 0 ? undefined : problems.join("; ");
}

/** A token that is meant for others too could be used by any of them: Cloud Tasks never makes one. */
function isFor(received: unknown, audience: string): boolean {
  return received === audience || (Array.isArray(received) && received.length === 1 && received[0] === audience);
}
