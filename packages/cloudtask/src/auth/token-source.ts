/**
 * An access token and its expiry.
 *
 * @example
 * ```ts
 * const token: AccessToken = { token: "ya29.…", expiresAt: new Date(Date.now() + 3_600_000) };
 * ```
 */
export interface AccessToken {
  /** The token, without the scheme `Bearer`. */
  readonly token: string;
  /** The time at which the API stops accepting the token. */
  readonly expiresAt: Date;
  /** The project whose quota is used, if the credentials of a user account contain one. */
  readonly quotaProject?: string | undefined;
}

/**
 * Returns an access token for the Cloud Tasks API. The client keeps an `AccessToken` and renews it before it expires. A
 * string has no expiry, so the client calls the source for every API call, and the source should be fast. If the source
 * does not return within 30 s, the API call fails.
 *
 * @example
 * ```ts
 * const token: TokenSource = async () => {
 *   const { accessToken, expiresIn } = await myBroker.issue("cloud-platform");
 *   return { token: accessToken, expiresAt: new Date(Date.now() + expiresIn * 1000) };
 * };
 * ```
 */
export type TokenSource = () => string | AccessToken | Promise<string | AccessToken>;
