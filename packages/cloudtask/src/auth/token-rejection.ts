/** The reason why a token is rejected. */
export interface TokenRejection {
  /**
   * - `unauthenticated`: there is no valid token.
   * - `forbidden`: the token is valid, but it belongs to another account or is meant for another worker.
   * - `keys-unavailable`: the token cannot be verified now.
   */
  readonly kind: "unauthenticated" | "forbidden" | "keys-unavailable";
  /** For the answer. It reveals nothing that the caller did not send. */
  readonly message: string;
  /** For the log: the expected and the received values, but never the token. */
  readonly detail: string;
}

/** Rejects a token that is not verified. The caller does not learn the detail. */
export function invalidToken(detail: string): TokenRejection {
  return {
    kind: "unauthenticated",
    message: "the OIDC token is not valid",
    detail: `the OIDC token is not valid: ${detail}`,
  };
}
