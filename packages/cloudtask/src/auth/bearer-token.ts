import { invalidToken, type TokenRejection } from "./token-rejection.ts";

/** Google's have about 1,000 characters. */
const MAX_TOKEN_LENGTH = 8_192;

/** The scheme in any case, as RFC 9110, 11.1 says; then one token of three parts: what is encrypted has five. */
const BEARER = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/**
 * @param headers - of a request
 * @param header - which of them holds the token
 * @returns the signed token, or why there is none
 */
export function bearerToken(headers: Headers, header: string): string | TokenRejection {
  const value = headers.get(header);
  if (value === null) {
    const missing = `the header ${header} is missing, in which Cloud Tasks sends the OIDC token of the \`serviceAccount\``;
    return { kind: "unauthenticated", message: missing, detail: missing };
  }
  if (value.length > MAX_TOKEN_LENGTH) return invalidToken(`it is longer than ${MAX_TOKEN_LENGTH} characters`);
  const token = BEARER.exec(value)?.[1];
  return (
    token ?? invalidToken(`the header ${header} does not hold one bearer token in three parts, as a signed one has`)
  );
}
