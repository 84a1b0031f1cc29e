const MAX_LENGTH = 200;

/** Control characters, invisible formatting, half surrogate pairs and unassigned characters, except the plain space. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Formats a value from an untrusted caller for a message or a log: as JSON, shortened, in printable ASCII. The value cannot
 * start a new line or imitate other text.
 *
 * @returns the text; `none` for `undefined`
 *
 * @example
 * ```ts
 * `received ${printable("a\nb")}`; // received "a\nb", on one line
 * ```
 */
export function printable(value: unknown): string {
  // Only a part of a long text is formatted.
  const json = JSON.stringify(typeof value === "string" ? value.slice(0, MAX_LENGTH + 1) : value) ?? "none";
  const text = json.slice(0, MAX_LENGTH).replace(/[^\x20-\x7e]/g, escaped);
  return json.length > MAX_LENGTH ? `${text}…` : text;
}

/**
 * Formats text from an external source (an API message, a header) for a message or a log, without quotes: shortened, on one line,
 * with control characters escaped. Keeps the letters of all scripts.
 *
 * @param maxLength - in characters, before they are escaped
 *
 * @example
 * ```ts
 * printableText("no\nsuch queue"); // no\u000asuch queue
 * ```
 */
export function printableText(text: string, maxLength = 1_000): string {
  const shown = text.slice(0, maxLength).replace(UNPRINTABLE, escaped);
  return text.length > maxLength ? `${shown}…` : shown;
}

function escaped(char: string): string {
  return Array.from({ length: char.length }, (_, index) => `\\u${hex(char.charCodeAt(index))}`).join("");
}

function hex(code: number): string {
  return code.toString(16).padStart(4, "0");
}
