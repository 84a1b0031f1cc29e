import { HIDDEN, type HiddenValues } from "./hidden-values.ts";

/** Authorization credentials in any place. The parameters of a `WWW-Authenticate` header are no secrets. */
const bearer = /\b((?:Bearer|Basic)(?:[ \t]+|\+|%20))(?!(?:realm|error|scope|charset)=)([\w.~+/=-]{8,})/gi;

/** Distinguishes a token from a word of a sentence. */
const unlikeAWord = /[\d~+=_]|[a-z][A-Z]|.{20}/;

/** Google's access tokens, API keys and client secrets. */
const google = /(?:ya29\.|AIza|GOCSPX-)[\w.-]{4,}/g;

/** A private key in PEM, up to its end, the end of the string around it, or the end of the text. */
const privateKey = /(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----)((?:(?!-----)[^"<])*)/g;

/** A word that can contain a JSON Web Token, which starts with base64-encoded JSON: `eyJ`. */
const dotted = /[\w.-]+/g;

/** Masks secrets that are recognized by their form. */
export function maskValues(text: string, hidden: HiddenValues): string {
  let masked = text.replace(bearer, (all, scheme: string, value: string) =>
    unlikeAWord.test(value) ? scheme + hidden.hide(value) : all,
  );
  masked = masked.replace(google, (value) => hidden.hide(value));
  masked = masked.replace(privateKey, (_, begin: string, value: string) => {
    const escapes = /(?<!\\)\\+$/.exec(value)?.[0] ?? "";
    return begin + hidden.hide(value.slice(0, value.length - escapes.length)) + escapes;
  });
  return masked.includes("eyJ") ? masked.replace(dotted, (word) => maskJwt(word, hidden)) : masked;
}

function maskJwt(word: string, hidden: HiddenValues): string {
  const at = word.indexOf("eyJ");
  if (at < 0 || !word.includes(".", at)) return word;
  hidden.hide(word.slice(at));
  return word.slice(0, at) + HIDDEN;
}
