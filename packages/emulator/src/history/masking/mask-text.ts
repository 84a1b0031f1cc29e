import type { HiddenValues } from "./hidden-values.ts";
import { decode, decodeName } from "./shapes/decode-name.ts";
import { maskAssignments } from "./shapes/mask-assignments.ts";
import { maskCredentials } from "./shapes/mask-credentials.ts";
import { maskCsv } from "./shapes/mask-csv.ts";
import { maskEncodedWords } from "./shapes/mask-encoded.ts";
import { maskFields } from "./shapes/mask-fields.ts";
import { maskJson } from "./shapes/mask-json.ts";
import { maskMembers } from "./shapes/mask-members.ts";
import { maskPath } from "./shapes/mask-path.ts";
import { maskValues } from "./shapes/mask-values.ts";
import { matchAt } from "./shapes/match-at.ts";
import { isNameKey, isValueKey } from "./shapes/member-keys.ts";
import { QuotedText } from "./shapes/quoted-text.ts";

/*
 * Every pattern here and in the files it imports runs in linear time. The lookbehinds ensure it: a repeated part cannot match
 * again from its own middle.
 */

/** The name of `name=value`, as in a URL, a form, a cookie or a connection string. */
const pairName = /(?<![\w.%~+[\]-])([\w.%~+[\]-]+)=/g;

/** The value of `name=value`. */
const pairValue = /[^\s&"<>\\]*/y;

/** `--name value` of a command line. */
const argument = /(?<![\w-])(--?([a-z][\w-]{0,100})[ \t]{1,9})([^\s"'\\-][^\s"'\\]*)/gi;

/** `Name: value` on its own line, like a printed header. A YAML block begins with `|` or `>`. */
const line = /^([ \t]*([\w-]+)[ \t]*:[ \t]*)(?![|>][-+\d]{0,3}[ \t]*$)(\S.*)$/gm;

/** `user:password@` in a URL. The slashes can be escaped, as in some JSON. */
const userInfo = /(:(?:\\*\/){2,})([^\s/?#"<>\\]*)@/g;

/** A URL up to its query. The slashes can be escaped. */
const url = /(https?:(?:\\*\/){2,}[^\s/?#"'<>\\]*)((?:\\*\/[^\s/?#"'<>\\]*)+)/gi;

/** A number, or a word that is shorter than every secret that is recognized by its form. */
const harmless = /^(?:[\d.]*|\w{1,7})$/;

/** Encodings inside encodings are read up to this depth. */
const MAX_DEPTH = 4;

/** Masks secrets that are recognized by their form or by the name before them. */
export function maskText(text: string, hidden: HiddenValues, isTable = false): string {
  return maskAt(0, text, hidden, isTable);
}

function maskAt(depth: number, text: string, hidden: HiddenValues, isTable: boolean): string {
  let masked = hidden.names.mayBeIn(text) ? maskNamed(text, hidden, isTable) : text;
  if (masked.includes("@")) masked = masked.replace(userInfo, (_, start, user) => `${start}${hidden.hide(user)}@`);
  masked = masked.replace(url, (_, start: string, path: string) => start + maskPath(path, hidden));
  masked = maskValues(masked, hidden);
  if (depth === MAX_DEPTH) return masked;
  return maskEncodedWords(masked, hidden, (inner) => maskAt(depth + 1, inner, hidden, false));
}

/** Masks the secrets that have a name. */
function maskNamed(text: string, hidden: HiddenValues, isTable: boolean): string {
  const { names } = hidden;
  let masked = maskCsv(text, hidden, isTable);
  if (masked.includes('"')) masked = maskJson(new QuotedText(maskMembers(masked, hidden)), hidden);
  masked = masked.replace(line, (all, start: string, name: string, value: string) =>
    names.isSecret(name) ? start + maskCredentials(value, hidden) : all,
  );
  masked = maskPairs(masked, hidden).replace(argument, (all, start: string, name: string, value: string) =>
    names.isSecret(name) ? start + hidden.hide(value) : all,
  );
  return maskAssignments(maskFields(masked, hidden), hidden);
}

/** The value of a name that is not secret is searched too: `Server=x;Password=y`. */
function maskPairs(text: string, hidden: HiddenValues): string {
  let masked = "";
  let done = 0;
  pairName.lastIndex = 0;
  for (let found = pairName.exec(text); found; found = pairName.exec(text)) {
    const [whole, name = ""] = found;
    if (!hidden.names.isSecretParameter(decodeName(name))) continue;
    const at = found.index + whole.length;
    const value = matchAt(pairValue, text, at) ?? "";
    masked += text.slice(done, at) + hidden.hide(value);
    done = at + value.length;
    pairName.lastIndex = done;
  }
  return masked + text.slice(done);
}

/** Masks the value of a header without a secret name. A value that is only a scheme and a token is a secret. */
export function maskHeaderValue(value: string, hidden: HiddenValues): string {
  return /^(?:Bearer|Basic)[ \t]+[^\s=]+=*$/i.test(value)
    ? maskCredentials(value, hidden)
    : maskRepeated(value, hidden);
}

/** Masks a short text that many attempts have in common. Most are known to contain no secret. */
export function maskRepeated(text: string, hidden: HiddenValues): string {
  if (harmless.test(text) || hidden.names.isClean(text)) return text;
  const masked = maskText(text, hidden);
  if (masked === text) hidden.names.rememberClean(text);
  return masked;
}

/** Masks values of `a=1&b=2` with secret names, and secrets inside other values. */
export function maskParameters(text: string, hidden: HiddenValues): string {
  const parameters = text.split("&");
  const namesSecret = parameters.some((parameter) => {
    const [name = "", value = ""] = parameter.split("=", 2);
    return isNameKey(decodeName(name)) && hidden.names.isSecret(decode(value));
  });
  return parameters
    .map((parameter) => {
      const at = parameter.indexOf("=");
      if (at < 0) return maskEncoded(parameter, hidden);
      const name = parameter.slice(0, at);
      const value = parameter.slice(at + 1);
      const plainName = decodeName(name);
      const isSecret = hidden.names.isSecretParameter(plainName) || (namesSecret && isValueKey(plainName));
      return `${maskEncoded(name, hidden)}=${isSecret ? hideBothForms(value, hidden) : maskEncoded(value, hidden)}`;
    })
    .join("&");
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
