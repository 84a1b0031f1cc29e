/** Takes what must not be shown out of a text. */
export type Redact = (text: string) => string;

/** HTML's names for what it escapes. */
const ENTITIES: Readonly<Record<string, string>> = { '"': "quot", "&": "amp", "'": "apos", "<": "lt", ">": "gt" };

/**
 * What replaces secrets by `[secret]`, also where an echo spells them as JSON (however often nested), HTML or a URL does.
 *
 * @param secrets - printable ASCII
 * @returns the replacement
 */
export function redactor(secrets: readonly string[]): Redact {
  // The longest first: where one secret begins another, no rest of the longer one may stay.
  const all = secrets.filter((secret) => secret !== "").sort((a, b) => b.length - a.length);
  if (all.length === 0) return (text) => text;
  const pattern = new RegExp(all.map(spellingsOf).join("|"), "g");
  return (text) => text.replace(pattern, "[secret]");
}

/**
 * @param value - parsed JSON
 * @param redact - what to do to its texts, keys among them
 * @returns a copy
 */
export function redactJson(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((each) => redactJson(each, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [redact(key), redactJson(each, redact)]));
}

/**
 * A pattern for a secret. A run of backslashes takes all that an echo made of it, so that what follows brings none of its
 * own: two patterns that could share backslashes out between them would take for ever over an answer full of them.
 */
function spellingsOf(secret: string): string {
  const parts = secret.match(/\\+|[^\\]/g) ?? [];
  return parts
    .map((part, index) => {
      if (part.startsWith("\\")) return `${BACKSLASH}{${part.length},}`;
      return spellings(part, parts[index - 1]?.startsWith("\\") ? "" : "\\\\*");
    })
    .join("");
}

/** A backslash as JSON, a URL or HTML spells it. */
const BACKSLASH = "(?:\\\\|u005[cC]|%5[cC]|&(?:#0*92|#[xX]0*5[cC]|bsol);)";

/** A pattern for one character as it is, after the backslashes that JSON brings, or as an escape. */
function spellings(char: string, backslashes: string): string {
  if (/[A-Za-z0-9]/.test(char)) return char;
  const code = char.charCodeAt(0);
  const hex = code
    .toString(16)
    .padStart(2, "0")
    .replace(/[a-f]/, (digit) => `[${digit}${digit.toUpperCase()}]`);
  const entity = [`#0*${code}`, `#[xX]0*${hex}`, ENTITIES[char]].filter((form) => form !== undefined).join("|");
  return `(?:${backslashes}(?:\\x${code.toString(16).padStart(2, "0")}|u00${hex})|%${hex}|&(?:${entity});)`;
}
