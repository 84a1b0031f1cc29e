import { invalidToken, type TokenRejection } from "./token-rejection.ts";

/** Google's tokens have about 1,000 characters. */
const MAX_TOKEN_LENGTH = 8_192;

/** The scheme in upper or lower case (RFC 9110, 11.1), then one token of three parts. An encrypted token has five parts. */
const BEARER = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Returns the signed token from a header of a request, or the rejection if the header contains none. */
export function bearerToken(headers: Pick<Headers, "get">, header: string): string | TokenRejection {
  const value = headers.get(header);
  if (value === null) {
    const missing = `the header ${header} is missing: it must contain the OIDC token of the \`serviceAccount\``;
    return { kind: "unauthenticated", message: missing, detail: missing };
  }
  if (value.length > MAX_TOKEN_LENGTH) return invalidToken(`it is longer than ${MAX_TOKEN_LENGTH} characters`);
  const token = BEARER.exec(value)?.[1];
  return token ?? invalidToken(`the header ${header} does not contain exactly one signed bearer token (three parts)`);
}
