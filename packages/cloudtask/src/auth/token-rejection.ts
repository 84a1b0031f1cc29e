/** Why a token is not accepted. */
export interface TokenRejection {
  /**
   * `unauthenticated`: there is no token that can be trusted; `forbidden`: there is one, and it is not meant for this worker,
   * or is of somebody else; `keys-unavailable`: nobody can tell at present.
   */
  readonly kind: "unauthenticated" | "forbidden" | "keys-unavailable";
  /** For the answer: tells a stranger nothing that he did not bring along. */
  readonly message: string;
  /** For the log: what was expected, and what came. Never the token. */
  readonly detail: string;
}

/**
 * @param detail - what is wrong with a token that nobody vouches for
 * @returns its refusal, which tells the caller none of it
 */
export function invalidToken(detail: string): TokenRejection {
  return {
    kind: "unauthenticated",
    message: "the OIDC token is not valid",
    detail: `the OIDC token is not valid: ${detail}`,
  };
}
