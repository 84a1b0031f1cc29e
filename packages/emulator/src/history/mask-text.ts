import { HIDDEN, type HiddenValues } from "./hidden-values.ts";
import { maskJson } from "./mask-json.ts";
import { isSecretName, mayNameSecrets } from "./secret-names.ts";

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

/** Whatever could be a JSON web token, which begins with an object of JSON in base64. */
const dotted = /[\w.-]+/g;

/** Hides the secrets that are recognized by what they look like, or by the name that stands before them. */
export function maskText(text: string, hidden: HiddenValues): string {
  let masked = text;
  if (mayNameSecrets(masked)) {
    masked = masked.includes('"') ? maskJson(masked, hidden) : masked;
    masked = masked.replace(line, (all, start: string, name: string, value: string) =>
      isSecretName(name) ? start + maskCredentials(value, hidden) : all,
    );
    masked = masked.replace(pair, (all, name: string, value: string) =>
      isSecretName(decoded(name)) ? `${name}=${hidden.hide(value)}` : all,
    );
  }
  if (masked.includes("@")) masked = masked.replace(userInfo, (_, start, user) => `${start}${hidden.hide(user)}@`);
  return masked.includes("eyJ") ? masked.replace(dotted, (word) => maskJwt(word, hidden)) : masked;
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
      return `${maskEncoded(name, hidden)}=${isSecretName(decoded(name)) ? hideBoth(value, hidden) : maskEncoded(value, hidden)}`;
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

function maskJwt(word: string, hidden: HiddenValues): string {
  const at = word.indexOf("eyJ");
  if (at < 0 || !word.includes(".", at)) return word;
  hidden.hide(word.slice(at));
  return word.slice(0, at) + HIDDEN;
}
