/** Whatever names a secret: of headers, parameters of a URL, fields of a form, keys of JSON. */
const WORDS =
  /secret|token|passw(?:or)?d|passphrase|(?:api|private|access|auth|account|subscription|signing)[-_. ]?key|signature|credential|authorization|cookie/i;

/** Too short to be found inside other names. */
const SHORT = /^(?:pwd|sig|jwt)$/i;

/** Whether what stands under this name is to be hidden. */
export function isSecretName(name: string): boolean {
  return WORDS.test(name) || SHORT.test(name);
}

/** Whether a text may hold such a name at all: most hold none, and need no closer look. A name in JSON may be spelt in escapes. */
export function mayNameSecrets(text: string): boolean {
  return WORDS.test(text) || /\\u00|\b(?:pwd|sig|jwt)\b/i.test(text);
}
