/** An access token and the end of its life. */
export interface AccessToken {
  readonly token: string;
  readonly expiresAt: Date;
  /** The project that a person's own calls are billed to, where the credentials name one. */
  readonly quotaProject?: string | undefined;
}

/**
 * Where access tokens for the Cloud Tasks API come from. An `AccessToken` is kept and renewed ahead of its end; a bare
 * string says nothing of its end, so the source is asked again for every call and should be quick. One that gives none within 30 s counts as failed.
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
