/** Name parts that mark a secret, in headers, URL parameters, form fields, JSON keys and XML elements. */
const ANYWHERE =
  /secret|token|passw(?:or)?d|passphrase|passcode|(?:api|private|access|auth|account|subscription|signing)[-_. ]?key|signature|credential|authorization|authentication|cookie/i;

/** Short terms that mark a secret only as a whole word, like `auth` in `X-Auth` and `userAuth` but not in `author`. */
const WORDS = new Set("auth bearer csrf hmac jwt oauth otp pass pwd session sessionid sid sig xsrf".split(" "));

/** Names that end with `key` but are no secrets. */
const OPEN_KEYS = /^(?:x[-_]?)?(?:idempotency|public)[-_]?key$/i;

/** Matches every text that can contain a secret name. A quick check before the exact ones. */
const HINT =
  /secret|token|passw|passphrase|key|signature|credential|cookie|auth|bearer|csrf|xsrf|hmac|jwt|otp|pass|pwd|session|sid|sig|\\u00/i;

/** A longer text is not treated as a name. */
const MAX_LENGTH = 1_000;

/** Checks whether the value of this name must be masked. */
export function isSecretName(name: string): boolean {
  if (name.length > MAX_LENGTH || !HINT.test(name)) return false;
  if (ANYWHERE.test(name)) return true;
  // JSON can contain `\u0026` for the `&` before a name. `u0026` then looks like a part of the name.
  const words = name
    .replace(/^u0026/, "")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, " ")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  return words.some((word) => WORDS.has(word)) || (words.at(-1) === "key" && !OPEN_KEYS.test(name));
}

/** Like `isSecretName`, for URL parameters: there `code` is an authorization code. In other places it is often an error code. */
export function isSecretParameter(name: string): boolean {
  return /^(?:u0026)?code$/i.test(name) || isSecretName(name);
}

/** Checks whether a text can contain a secret name. Most texts contain none and need no further checks. */
export function mayNameSecrets(text: string): boolean {
  return HINT.test(text) || /\bcode=|u0026code=/i.test(text);
}
