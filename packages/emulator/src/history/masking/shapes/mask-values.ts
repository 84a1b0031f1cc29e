import { HIDDEN, type HiddenValues } from "../hidden-values.ts";

/** Authorization credentials in any place. The parameters of a `WWW-Authenticate` header are not secret. */
const bearer = /\b((?:Bearer|Basic)(?:[ \t]+|\+|%20))(?!(?:realm|error|scope|charset)=)([\w.~+/=-]{8,})/gi;

/** Distinguishes a token from a word of a sentence. */
const unlikeAWord = /[\d~+=_]|[a-z][A-Z]|.{20}/;

/** Tokens and keys that begin as their issuer documents, so that scanners find them. */
const issued = new RegExp(
  `(?<![A-Za-z0-9])(?:${[
    // Google: access tokens, API keys, client secrets, refresh tokens
    "(?:ya29\\.|AIza|GOCSPX-)[\\w.-]{4,}|1//0[\\w-]{10,}",
    // GitHub, GitLab, npm, PyPI, Docker
    "gh[opsur]_\\w{4,}|github_pat_\\w{4,}|gl(?:pat|ptt|dt|rt|soat)-[\\w-]{4,}|npm_\\w{10,}|pypi-[\\w-]{10,}|dckr_pat_[\\w-]{4,}",
    // Slack, Stripe (also its webhooks), Shopify, Square
    "xox[a-z]-[\\w-]{4,}|xapp-[\\w-]{4,}|[prs]k_(?:live|test)_\\w{4,}|whsec_[\\w+/=]{4,}|shp(?:at|ca|pa|ss)_\\w{4,}|sq0(?:atp|csp)-[\\w-]{4,}",
    // AWS: ids of access keys; SendGrid, Mailgun, Twilio, DigitalOcean, Heroku
    "(?:AKIA|ASIA)[A-Z0-9]{12,}|SG\\.[\\w-]{10,}\\.?[\\w-]*|key-[0-9a-f]{20,}|SK[0-9a-f]{32}|do[opr]_v1_\\w{4,}|HRKU-[\\w-]{10,}",
    // OpenAI, Anthropic, Hugging Face, Databricks, Vault, age
    "sk-[\\w-]{16,}|hf_\\w{10,}|dapi[0-9a-f]{16,}|hv[sbr]\\.[\\w-]{10,}|AGE-SECRET-KEY-1\\w{4,}",
  ].join("|")})`,
  "g",
);

/** A private key in PEM, up to its end, the end of the string around it, or the end of the text. */
const privateKey = /(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----)((?:(?!-----)[^"<])*)/g;

/** A word that can contain a JSON Web Token, which starts with base64-encoded JSON: `eyJ`. */
const dotted = /[\w.-]+/g;

/** Masks secrets that are recognized by their form. */
export function maskValues(text: string, hidden: HiddenValues): string {
  let masked = text.replace(bearer, (all, scheme: string, value: string) =>
    unlikeAWord.test(value) ? scheme + hidden.hide(value) : all,
  );
  masked = masked.replace(issued, (value) => hidden.hide(value));
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
