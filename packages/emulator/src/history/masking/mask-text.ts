import type { HiddenValues } from "./hidden-values.ts";
import { maskFields } from "./mask-fields.ts";
import { maskJson } from "./mask-json.ts";
import { maskValues } from "./mask-values.ts";
import { isSecretName, isSecretParameter, mayNameSecrets } from "./secret-names.ts";

/*
 * Every pattern here runs in linear time. The lookbehinds ensure it: a repeated part cannot match again from its own middle.
 */

/** Authorization schemes stay visible; the credentials after them are masked. */
const credentials = /^(Bearer|Basic|Digest|Negotiate|NTLM|Token|ApiKey|HMAC|AWS4-HMAC-SHA256)([ \t]+)(.*)$/is;

/** `name=value` as in a URL, a form or a cookie. */
const pair = /(?<![\w.%~+[\]-])([\w.%~+[\]-]+)=([^\s&"<>\\]*)/g;

/** `Name: value` on its own line, like a printed header. */
const line = /^([ \t]*([\w-]+)[ \t]*:[ \t]*)(\S.*)$/gm;

/** `user:password@` in a URL. The slashes can be escaped, as in some JSON. */
const userInfo = /(:(?:\\*\/){2,})([^\s/?#"<>\\]*)@/g;

/** Masks secrets that are recognized by their form or by the name before them. */
export function maskText(text: string, hidden: HiddenValues): string {
  let masked = text;
  if (mayNameSecrets(masked)) {
    masked = masked.includes('"') ? maskJson(masked, hidden) : masked;
    masked = masked.replace(line, (all, start: string, name: string, value: string) =>
      isSecretName(name) ? start + maskCredentials(value, hidden) : all,
    );
    masked = masked.replace(pair, (all, name: string, value: string) =>
      isSecretParameter(decode(name)) ? `${name}=${hidden.hide(value)}` : all,
    );
    masked = maskFields(masked, hidden);
  }
  if (masked.includes("@")) masked = masked.replace(userInfo, (_, start, user) => `${start}${hidden.hide(user)}@`);
  return maskValues(masked, hidden);
}

/** Masks the value of a header without a secret name. A value that is only a scheme and a token is a secret. */
export function maskHeaderValue(value: string, hidden: HiddenValues): string {
  return /^(?:Bearer|Basic)[ \t]+[^\s=]+=*$/i.test(value) ? maskCredentials(value, hidden) : maskText(value, hidden);
}

/** Masks a secret value, except its authorization scheme. */
export function maskCredentials(value: string, hidden: HiddenValues): string {
  const [, scheme, space, secret] = credentials.exec(value) ?? [];
  if (scheme === undefined || space === undefined || secret === undefined) return hidden.hide(value);
  return scheme + space + hidden.hide(secret);
}

/** Masks values of `a=1&b=2` with secret names, and secrets inside other values. */
export function maskParameters(text: string, hidden: HiddenValues): string {
  return text
    .split("&")
    .map((parameter) => {
      const at = parameter.indexOf("=");
      if (at < 0) return maskEncoded(parameter, hidden);
      const name = parameter.slice(0, at);
      const value = parameter.slice(at + 1);
      return `${maskEncoded(name, hidden)}=${isSecretParameter(decode(name)) ? hideBothForms(value, hidden) : maskEncoded(value, hidden)}`;
    })
    .join("&");
}

/** Decodes percent escapes and `+`. Returns the text unchanged if it is malformed. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** Hides the encoded and the decoded form, because a target can return the decoded one. */
function hideBothForms(value: string, hidden: HiddenValues): string {
  hidden.hide(decode(value));
  return hidden.hide(value);
}

function maskEncoded(value: string, hidden: HiddenValues): string {
  const plain = decode(value);
  const masked = maskText(plain, hidden);
  return masked === plain ? value : encodeURIComponent(masked);
}
