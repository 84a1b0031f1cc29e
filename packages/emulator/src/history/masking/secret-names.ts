/** Name parts that mark a secret, in headers, URL parameters, form fields, JSON keys and XML elements. */
const ANYWHERE =
  /secret|token|passw(?:or)?d|passphrase|passcode|(?:api|private|access|auth|account|subscription|signing)[-_. ]?key|signature|credential|authorization|authentication|cookie/i;

/** Short terms that mark a secret only as a whole word, like `auth` in `X-Auth` and `userAuth` but not in `author`. */
const WORDS = new Set("auth bearer csrf hmac jwt oauth otp pass pwd session sessionid sid sig xsrf".split(" "));

/** Names that end with `key` but are not secret. */
const OPEN_KEYS = /^(?:x[-_]?)?(?:idempotency|public)[-_]?key$/i;

/** Matches every text that can contain a secret name. A quick check before the exact ones. */
const HINT =
  /secret|token|passw|passphrase|passcode|key|signature|credential|cookie|auth|bearer|csrf|xsrf|hmac|jwt|otp|pass|pwd|session|sid|sig|\\u00/i;

/** A longer text is not treated as a name. */
const MAX_LENGTH = 1_000;

/** Further names that are accepted at most: clients can add them without limit otherwise. */
const MAX_FURTHER_NAMES = 100;

/** Remembered results. Hostile texts repeat a name a hundred thousand times, and the exact check is slow. */
const MAX_REMEMBERED = 500;

/** Texts without a secret are remembered up to this number and length. Attempts repeat most of their headers. */
const MAX_CLEAN = 500;
const MAX_CLEAN_LENGTH = 200;

/** Decides which names mark a secret: well-known ones, and the further names of an emulator's options and clients. */
export class SecretNames {
  /** In lower case. */
  readonly #further = new Set<string>();
  readonly #remembered = new Map<string, boolean>();
  readonly #clean = new Set<string>();
  #furtherHint: RegExp | undefined;

  /** @param further - names of headers and fields that are secret too; upper and lower case are the same */
  constructor(further: readonly string[] = []) {
    for (const name of further) this.add(name);
  }

  /**
   * Adds a name.
   *
   * @returns `false` if the name already marked a secret, or if there are too many
   */
  add(name: string): boolean {
    if (name === "" || name.length > MAX_LENGTH || this.#further.size >= MAX_FURTHER_NAMES) return false;
    if (this.isSecret(name)) return false;
    this.#further.add(name.toLowerCase());
    this.#remembered.clear();
    this.#clean.clear();
    const escaped = [...this.#further].map((each) => each.replace(/[^\w\s]/g, "\\$&"));
    this.#furtherHint = new RegExp(escaped.join("|"), "i");
    return true;
  }

  /** The number of further names. If it has grown, texts that were masked before can contain another secret. */
  get size(): number {
    return this.#further.size;
  }

  /** The further names, in lower case. */
  get further(): readonly string[] {
    return [...this.#further];
  }

  /** Checks whether the value of this name must be masked. */
  isSecret(name: string): boolean {
    if (name.length > MAX_LENGTH) return false;
    const remembered = this.#remembered.get(name);
    if (remembered !== undefined) return remembered;
    const isSecret = this.#further.has(name.trim().toLowerCase()) || isWellKnown(name);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(name, isSecret);
    return isSecret;
  }

  /** Checks whether a text was remembered as one without a secret. */
  isClean(text: string): boolean {
    return this.#clean.has(text);
  }

  /** Remembers a text without a secret, until a name is added. */
  rememberClean(text: string): void {
    if (text.length > MAX_CLEAN_LENGTH) return;
    if (this.#clean.size >= MAX_CLEAN) this.#clean.clear();
    this.#clean.add(text);
  }

  /** Like `isSecret`, for URL parameters: there `code` is an authorization code. In other places it is often an error code. */
  isSecretParameter(name: string): boolean {
    return /^(?:u0026)?code$/i.test(name) || this.isSecret(name);
  }

  /** Checks whether a text can contain a secret name. Most texts contain none and need no further checks. */
  mayBeIn(text: string): boolean {
    return HINT.test(text) || /\bcode=|u0026code=/i.test(text) || this.#furtherHint?.test(text) === true;
  }
}

function isWellKnown(name: string): boolean {
  if (!HINT.test(name)) return false;
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
