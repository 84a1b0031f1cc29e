import { HIDDEN, type HiddenValues } from "./hidden-values.ts";

/** The credentials of an `Authorization`, wherever they stand; what follows the scheme in a `WWW-Authenticate` is no secret. */
const bearer = /\b((?:Bearer|Basic)(?:[ \t]+|\+|%20))(?!(?:realm|error|scope|charset)=)([\w.~+/=-]{8,})/gi;

/** What tells a token from the next word of a sentence. */
const unlikeAWord = /[\d~+=_]|[a-z][A-Z]|.{20}/;

/** Google's access tokens, API keys and client secrets. */
const google = /(?:ya29\.|AIza|GOCSPX-)[\w.-]{4,}/g;

/** A private key in PEM, to its end, to that of the string it stands in, or to where the text is cut off. */
const privateKey = /(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----)((?:(?!-----)[^"<])*)/g;

/** Whatever could be a JSON web token, which begins with an object of JSON in base64. */
const dotted = /[\w.-]+/g;

/** Hides the secrets that are recognized by what they look like, whatever their name. */
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
