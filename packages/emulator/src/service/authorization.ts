import type { OAuthRequest, OidcRequest } from "../engine/records.ts";
import type { HttpRequest as HttpRequestV2 } from "../gen/google/cloud/tasks/v2/target_pb.ts";
import type { HttpRequest as HttpRequestV2beta3 } from "../gen/google/cloud/tasks/v2beta3/target_pb.ts";

/** The token settings of a request, in either version. */
type AuthorizationHeader = (HttpRequestV2 | HttpRequestV2beta3)["authorizationHeader"];

/** The token settings of a new message; equal in both versions. */
type AuthorizationInit =
  | { readonly case: "oidcToken"; readonly value: { serviceAccountEmail: string; audience: string } }
  | { readonly case: "oauthToken"; readonly value: { serviceAccountEmail: string; scope: string } };

/** Reads the token that dispatches carry. */
export function authorizationOf(header: AuthorizationHeader): OidcRequest | OAuthRequest | undefined {
  if (header.case === "oidcToken") {
    const { serviceAccountEmail, audience } = header.value;
    return { kind: "oidc", serviceAccountEmail, audience };
  }
  if (header.case === "oauthToken") {
    const { serviceAccountEmail, scope } = header.value;
    return { kind: "oauth", serviceAccountEmail, scope };
  }
  return undefined;
}

/** The token settings as a message contains them. */
export function authorizationHeader(authorization: OidcRequest | OAuthRequest): AuthorizationInit {
  const { serviceAccountEmail } = authorization;
  return authorization.kind === "oidc"
    ? { case: "oidcToken", value: { serviceAccountEmail, audience: authorization.audience } }
    : { case: "oauthToken", value: { serviceAccountEmail, scope: authorization.scope } };
}
