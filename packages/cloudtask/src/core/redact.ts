/** Removes secrets from a text. */
export type Redact = (text: string) => string;

/** HTML's names of the characters that it escapes. */
const ENTITIES: Readonly<Record<string, string>> = { '"': "quot", "&": "amp", "'": "apos", "<": "lt", ">": "gt" };

/**
 * Creates a function that replaces secrets by `[secret]`. An answer may repeat a secret in another spelling: as JSON (nested
 * to any depth), as HTML or in a URL. These spellings are replaced too.
 *
 * @param secrets - printable ASCII
 */
export function redactor(secrets: readonly string[]): Redact {
  // The longest first: if one secret begins with another, no rest of it may remain.
  const all = secrets.filter((secret) => secret !== "").sort((a, b) => b.length - a.length);
  if (all.length === 0) return (text) => text;
  const pattern = new RegExp(all.map(spellingsOf).join("|"), "g");
  return (text) => text.replace(pattern, "[secret]");
}

/** Copies parsed JSON and redacts all its strings, keys included. */
export function redactJson(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((each) => redactJson(each, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [redact(key), redactJson(each, redact)]));
}

/**
 * Returns the pattern of a secret. A run of backslashes matches all backslashes that the encoding made of it, and the next
 * character then matches none. If both could match them, an answer full of backslashes would take exponential time.
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

/** A backslash in JSON, in a URL or in HTML. */
const BACKSLASH = "(?:\\\\|u005[cC]|%5[cC]|&(?:#0*92|#[xX]0*5[cC]|bsol);)";

/** Returns the pattern of one character: the character itself, after the backslashes that JSON adds, or its escape. */
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
