import type { OAuthRequest, OidcRequest } from "../engine/records.ts";
import type { HttpRequest as HttpRequestV2 } from "../gen/google/cloud/tasks/v2/target_pb.ts";
import type { HttpRequest as HttpRequestV2beta3 } from "../gen/google/cloud/tasks/v2beta3/target_pb.ts";
import { badArgument, invalidArgument } from "./rpc-error.ts";

/** The token settings of a request, in either version. */
type AuthorizationHeader = (HttpRequestV2 | HttpRequestV2beta3)["authorizationHeader"];

/** The token settings of a new message; equal in both versions. */
type AuthorizationInit =
  | { readonly case: "oidcToken"; readonly value: { serviceAccountEmail: string; audience: string } }
  | { readonly case: "oauthToken"; readonly value: { serviceAccountEmail: string; scope: string } };

/** The token that dispatches carry. */
export type Authorization = OidcRequest | OAuthRequest;

const DEFAULT_SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/**
 * Reads the token settings of a task or a queue.
 *
 * @throws RpcError if the service account is missing or malformed
 */
export function authorizationOf(header: AuthorizationHeader): Authorization | undefined {
  if (header.case === undefined) return undefined;
  const { serviceAccountEmail } = header.value;
  if (serviceAccountEmail === "") throw invalidArgument("service_account_email must be set.");
  if (!/^[^@]+@[^@]+$/.test(serviceAccountEmail)) throw badArgument();
  return header.case === "oidcToken"
    ? { kind: "oidc", serviceAccountEmail, audience: header.value.audience }
    : { kind: "oauth", serviceAccountEmail, scope: header.value.scope };
}

/**
 * Fills in the defaults of a task's token: the URL as the audience, or the scope.
 *
 * @throws RpcError if the URL must not receive an OAuth token
 */
export function completedAuthorization(authorization: Authorization, url: string): Authorization {
  if (authorization.kind === "oidc") return { ...authorization, audience: authorization.audience || url };
  if (!isGoogleApi(url)) {
    throw invalidArgument(
      'Invalid url for HttpRequest.oauth_token. The hostname in the url must end with ".googleapis.com"',
    );
  }
  return { ...authorization, scope: authorization.scope || DEFAULT_SCOPE };
}

/** The token settings as a message contains them. */
export function authorizationHeader(authorization: Authorization): AuthorizationInit {
  const { serviceAccountEmail } = authorization;
  return authorization.kind === "oidc"
    ? { case: "oidcToken", value: { serviceAccountEmail, audience: authorization.audience } }
    : { case: "oauthToken", value: { serviceAccountEmail, scope: authorization.scope } };
}

function isGoogleApi(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname.endsWith(".googleapis.com");
}
