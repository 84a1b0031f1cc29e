/** The path of the discovery document. Source: OpenID Connect Discovery 1.0, 4. */
export const DISCOVERY_PATH = "/.well-known/openid-configuration";

/** The path of the key set. */
export const JWKS_PATH = "/oidc/jwks";

/** The path of the certificates, in the format of https://www.googleapis.com/oauth2/v1/certs. */
export const CERTS_PATH = "/oidc/certs";

/** The path of the access token lookup, in the format of https://oauth2.googleapis.com/tokeninfo. */
export const TOKEN_INFO_PATH = "/oidc/tokeninfo";

/**
 * Returns the discovery document, which links to the keys.
 *
 * @param issuer - the URL of the emulator
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
