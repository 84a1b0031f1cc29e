import type { HiddenValues } from "./hidden-values.ts";
import { maskFields } from "./mask-fields.ts";
import { maskJson } from "./mask-json.ts";
import { maskValues } from "./mask-values.ts";
import { isSecretName, isSecretParameter, mayNameSecrets } from "./secret-names.ts";

/*
 * Every pattern here takes time that grows with the text, not faster: what repeats cannot also begin in its own middle, which
 * is what the lookbehinds see to.
 */

/** Schemes of authorization that are shown; what follows them is not. */
const credentials = /^(Bearer|Basic|Digest|Negotiate|NTLM|Token|ApiKey|HMAC|AWS4-HMAC-SHA256)([ \t]+)(.*)$/is;

/** `name=value`, as in a URL, a form or a cookie. */
const pair = /(?<![\w.%~+[\]-])([\w.%~+[\]-]+)=([^\s&"<>\\]*)/g;

/** `Name: value` on a line of its own, as headers are printed. */
const line = /^([ \t]*([\w-]+)[ \t]*:[ \t]*)(\S.*)$/gm;

/** The `user:password@` of a URL; the slashes may be escaped, as some write JSON. */
const userInfo = /(:(?:\\*\/){2,})([^\s/?#"<>\\]*)@/g;

/** Hides the secrets that are recognized by what they look like, or by the name that stands before them. */
export function maskText(text: string, hidden: HiddenValues): string {
  let masked = text;
  if (mayNameSecrets(masked)) {
    masked = masked.includes('"') ? maskJson(masked, hidden) : masked;
    masked = masked.replace(line, (all, start: string, name: string, value: string) =>
      isSecretName(name) ? start + maskCredentials(value, hidden) : all,
    );
    masked = masked.replace(pair, (all, name: string, value: string) =>
      isSecretParameter(decoded(name)) ? `${name}=${hidden.hide(value)}` : all,
    );
    masked = maskFields(masked, hidden);
  }
  if (masked.includes("@")) masked = masked.replace(userInfo, (_, start, user) => `${start}${hidden.hide(user)}@`);
  return maskValues(masked, hidden);
}

/** Hides the secrets of the value of a header that has no secret name: what is nothing but a scheme and a token is one. */
export function maskHeaderValue(value: string, hidden: HiddenValues): string {
  return /^(?:Bearer|Basic)[ \t]+[^\s=]+=*$/i.test(value) ? maskCredentials(value, hidden) : maskText(value, hidden);
}

/** Hides a value that is known to be secret, save for the scheme of an authorization. */
export function maskCredentials(value: string, hidden: HiddenValues): string {
  const [, scheme, space, secret] = credentials.exec(value) ?? [];
  if (scheme === undefined || space === undefined || secret === undefined) return hidden.hide(value);
  return scheme + space + hidden.hide(secret);
}

/** Hides values of `a=1&b=2`, by their names, and the secrets inside of others. */
export function maskParameters(text: string, hidden: HiddenValues): string {
  return text
    .split("&")
    .map((parameter) => {
      const at = parameter.indexOf("=");
      if (at < 0) return maskEncoded(parameter, hidden);
      const name = parameter.slice(0, at);
      const value = parameter.slice(at + 1);
      return `${maskEncoded(name, hidden)}=${isSecretParameter(decoded(name)) ? hideBoth(value, hidden) : maskEncoded(value, hidden)}`;
    })
    .join("&");
}

/** @returns what `%41` and `+` stand for, the text itself where it cannot be decoded */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** A target sees the value decoded, and may give that back. */
function hideBoth(value: string, hidden: HiddenValues): string {
  hidden.hide(decoded(value));
  return hidden.hide(value);
}

function maskEncoded(value: string, hidden: HiddenValues): string {
  const plain = decoded(value);
  const masked = maskText(plain, hidden);
  return masked === plain ? value : encodeURIComponent(masked);
}
