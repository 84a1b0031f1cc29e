const MAX_LENGTH = 200;

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
  const json = JSON.stringify(value) ?? "none";
  const text = json.slice(0, MAX_LENGTH).replace(/[^\x20-\x7e]/g, escaped);
  return json.length > MAX_LENGTH ? `${text}…` : text;
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
