/** Where the discovery document is served. Source: OpenID Connect Discovery 1.0, 4. */
export const DISCOVERY_PATH = "/.well-known/openid-configuration";

/** Where the key set is served. */
export const JWKS_PATH = "/oidc/jwks";

/** Where the certificates are served, in the manner of https://www.googleapis.com/oauth2/v1/certs. */
export const CERTS_PATH = "/oidc/certs";

/** Where access tokens are looked up, in the manner of https://oauth2.googleapis.com/tokeninfo. */
export const TOKEN_INFO_PATH = "/oidc/tokeninfo";

/**
 * What a verifier reads first.
 *
 * @param issuer - the emulator's own URL
 */
export function discoveryDocument(issuer: string): Readonly<Record<string, unknown>> {
  return {
    issuer,
    jwks_uri: `${issuer}${JWKS_PATH}`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: ["aud", "azp", "email", "email_verified", "exp", "iat", "iss", "sub"],
  };
}
