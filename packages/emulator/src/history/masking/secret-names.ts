/** Whatever names a secret: of headers, parameters of a URL, fields of a form, keys of JSON, elements of XML. */
const ANYWHERE =
  /secret|token|passw(?:or)?d|passphrase|passcode|(?:api|private|access|auth|account|subscription|signing)[-_. ]?key|signature|credential|authorization|authentication|cookie/i;

/** Too short to be found inside other names: these are words of a name, as `auth` is of `X-Auth` and `userAuth`. */
const WORDS = new Set("auth bearer csrf hmac jwt oauth otp pass pwd session sessionid sid sig xsrf".split(" "));

/** What ends with `key` names a secret, save for these. */
const OPEN_KEYS = /^(?:x[-_]?)?(?:idempotency|public)[-_]?key$/i;

/** Whatever any secret name has in it. */
const HINT =
  /secret|token|passw|passphrase|key|signature|credential|cookie|auth|bearer|csrf|xsrf|hmac|jwt|otp|pass|pwd|session|sid|sig|\\u00/i;

/** A longer name is taken for text. */
const LONGEST = 1_000;

/** Whether what stands under this name is to be hidden. */
export function isSecretName(name: string): boolean {
  if (name.length > LONGEST || !HINT.test(name)) return false;
  if (ANYWHERE.test(name)) return true;
  // In JSON, an `&` before a name may be spelt `\u0026`, of which the backslash is no part of the name.
  const words = name
    .replace(/^u0026/, "")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, " ")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  return words.some((word) => WORDS.has(word)) || (words.at(-1) === "key" && !OPEN_KEYS.test(name));
}

/** The same for a parameter of a URL, where `code` is one that is exchanged for a token; elsewhere it is that of an error. */
export function isSecretParameter(name: string): boolean {
  return /^(?:u0026)?code$/i.test(name) || isSecretName(name);
}

/** Whether a text may hold such a name at all: most hold none, and need no closer look. A name in JSON may be spelt in escapes. */
export function mayNameSecrets(text: string): boolean {
  return HINT.test(text) || /\bcode=|u0026code=/i.test(text);
}
