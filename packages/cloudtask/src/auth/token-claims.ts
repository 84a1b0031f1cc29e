import { printable } from "../core/printable.ts";

/** The claims that a worker accepts. */
export interface ExpectedClaims {
  /** Returns the accepted audiences. A token must have exactly one of them. */
  readonly audiences: () => readonly string[];
  /** The e-mail addresses of the accepted accounts. */
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
  const { serviceAccounts } = expected;
  const audiences = expected.audiences();
  const problems: string[] = [];
  if (!isForOneOf(claims.aud, audiences)) {
    problems.push(
      `its audience is ${printable(claims.aud)}, but this worker expects ${audiences.map(printable).join(" or ")} ` +
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

/** If a token has several audiences, each of them can send it to the others. Cloud Tasks never creates such a token. */
function isForOneOf(received: unknown, audiences: readonly string[]): boolean {
  const [audience, ...others] = Array.isArray(received) ? (received as readonly unknown[]) : [received];
  return others.length === 0 && audiences.some((each) => each === audience);
}
