import type { HiddenValues } from "../hidden-values.ts";

/** Authorization schemes stay visible; the credentials after them are masked. */
const credentials = /^(Bearer|Basic|Digest|Negotiate|NTLM|Token|ApiKey|HMAC|AWS4-HMAC-SHA256)([ \t]+)(.*)$/is;

/** Masks a secret value, except its authorization scheme. */
export function maskCredentials(value: string, hidden: HiddenValues): string {
  const [, scheme, space, secret] = credentials.exec(value) ?? [];
  if (scheme === undefined || space === undefined || secret === undefined) return hidden.hide(value);
  return scheme + space + hidden.hide(secret);
}
