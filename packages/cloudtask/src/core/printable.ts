/** How much of a value that a stranger chose a message shows. */
const MAX_SHOWN = 200;

/**
 * A value that a stranger chose, as a message or a log may show it: as JSON, cut, and in printable ASCII, so that it can
 * neither begin a new line nor pass for something else.
 *
 * @param value - of JSON: from a token, say
 * @returns the text; `none` for `undefined`
 *
 * @example
 * ```ts
 * `received ${printable("a\nb")}`; // received "a\nb", on one line
 * ```
 */
export function printable(value: unknown): string {
  const json = JSON.stringify(value) ?? "none";
  const shown = json.slice(0, MAX_SHOWN).replace(/[^\x20-\x7e]/g, escaped);
  return json.length > MAX_SHOWN ? `${shown}…` : shown;
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
