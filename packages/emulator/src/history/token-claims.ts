/** The claims of the tokens of Cloud Tasks. A token of the task's creator may have others, which can be secret. */
const CLAIMS = ["iss", "aud", "sub", "azp", "email", "email_verified", "iat", "exp"];

/**
 * Returns the claims of the OIDC token in a header. The signature, which makes it a secret, is left out.
 *
 * @returns `undefined` if the header has no such token
 */
export function tokenClaims(authorization: string | undefined): Readonly<Record<string, unknown>> | undefined {
  const [, payload] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]+$/i.exec(authorization ?? "") ?? [];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    const known = Object.entries(Object(claims)).filter(([name]) => CLAIMS.includes(name));
    return known.length > 0 ? Object.fromEntries(known) : undefined;
  } catch {
    return undefined;
  }
}
