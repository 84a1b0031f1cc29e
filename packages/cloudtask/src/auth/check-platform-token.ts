import { printable } from "../core/printable.ts";
import { bearerToken } from "./bearer-token.ts";
import { GOOGLE_ISSUERS } from "./key-source.ts";
import { loadJose } from "./load-jose.ts";
import { claimMismatch, type ExpectedClaims } from "./token-claims.ts";
import { invalidToken, type TokenRejection } from "./token-rejection.ts";

/**
 * Where Cloud Run finds it, it checks this header and no other, and passes `Authorization` on as it came. Source:
 * https://cloud.google.com/run/docs/authenticating/service-to-service
 */
const PLATFORM_HEADER = "X-Serverless-Authorization";

/**
 * Compares what a token says, where the platform has verified it and may have taken its signature out. Others too may be
 * allowed to invoke a service, with good tokens of their own.
 *
 * @param headers - of a request
 * @param expected - what the token must say
 * @returns why it is refused; `undefined` where it fits. The answer tells nothing of what was expected: where the platform has
 * checked nothing after all, it would tell a stranger what to write into a token.
 */
export async function checkPlatformToken(
  headers: Headers,
  expected: ExpectedClaims,
): Promise<TokenRejection | undefined> {
  const token = bearerToken(headers, headers.has(PLATFORM_HEADER) ? PLATFORM_HEADER : "Authorization");
  if (typeof token !== "string") return token;
  const { decodeJwt, errors } = await loadJose();
  try {
    const claims = decodeJwt(token);
    const foreign = GOOGLE_ISSUERS.some((issuer) => issuer === claims.iss)
      ? undefined
      : `its issuer is ${printable(claims.iss)} where Google's is expected`;
    const detail = foreign ?? claimMismatch(claims, expected);
    if (detail === undefined) return undefined;
    const message = "the OIDC token is not for this worker";
    return { kind: "forbidden", message, detail: `${message}: ${detail}` };
  } catch (error) {
    if (error instanceof errors.JOSEError) return invalidToken("it is not the JSON of a signed token");
    throw error;
  }
}
