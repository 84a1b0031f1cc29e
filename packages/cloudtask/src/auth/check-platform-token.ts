import { printable } from "../core/printable.ts";
import { bearerToken } from "./bearer-token.ts";
import { GOOGLE_ISSUERS } from "./key-source.ts";
import { loadJose } from "./load-jose.ts";
import { claimMismatch, type ExpectedClaims } from "./token-claims.ts";
import { invalidToken, type TokenRejection } from "./token-rejection.ts";

/**
 * If a request has this header, Cloud Run verifies it instead of `Authorization`, and passes `Authorization` on unchanged.
 *
 * Source: https://cloud.google.com/run/docs/authenticating/service-to-service
 */
const PLATFORM_HEADER = "X-Serverless-Authorization";

/**
 * Checks the claims of a token that the platform has verified. The platform may have removed the signature. The claims matter,
 * because other callers with valid tokens may also be allowed to invoke the service.
 *
 * @returns the rejection; `undefined` if the token is valid. Its message does not contain the expected claims: if the platform
 * verified nothing, an unauthenticated caller could copy them into a token.
 */
export async function checkPlatformToken(
  headers: Pick<Headers, "get" | "has">,
  expected: ExpectedClaims,
): Promise<TokenRejection | undefined> {
  const token = bearerToken(headers, headers.has(PLATFORM_HEADER) ? PLATFORM_HEADER : "Authorization");
  if (typeof token !== "string") return token;
  const { decodeJwt, errors } = await loadJose();
  try {
    const claims = decodeJwt(token);
    const issuerMismatch = GOOGLE_ISSUERS.some((issuer) => issuer === claims.iss)
      ? undefined
      : `its issuer is ${printable(claims.iss)}, expected one of Google's`;
    const detail = issuerMismatch ?? claimMismatch(claims, expected);
    if (detail === undefined) return undefined;
    const message = "the OIDC token is not for this worker";
    return { kind: "forbidden", message, detail: `${message}: ${detail}` };
  } catch (error) {
    if (error instanceof errors.JOSEError) return invalidToken("it is not a JSON Web Token");
    throw error;
  }
}
