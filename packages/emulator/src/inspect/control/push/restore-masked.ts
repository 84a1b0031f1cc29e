/** Stands for a masked value. */
const MASK = "***";

/**
 * Puts the secrets of a text back into an edited copy of its masked form. Each `***` gets the value that it hides, in order.
 *
 * @param original - the text with its secrets
 * @param masked - the same text with `***` for each secret
 * @param edited - the masked text after changes
 * @returns `undefined` if it is unknown which values the `***` of the edited text stand for
 */
export function restoreMasked(original: string, masked: string, edited: string): string | undefined {
  if (edited === masked) return original;
  const parts = edited.split(MASK);
  if (original === masked || parts.length === 1) return edited;
  const hidden = hiddenValues(original, masked.split(MASK));
  if (hidden?.length !== parts.length - 1) return undefined;
  return parts.map((part, index) => part + (hidden[index] ?? "")).join("");
}

/** Finds the values between the visible parts of a text. */
function hiddenValues(original: string, visible: readonly string[]): string[] | undefined {
  const [first = "", ...rest] = visible;
  const last = rest.at(-1) ?? "";
  if (!original.startsWith(first) || !original.endsWith(last)) return undefined;
  const values: string[] = [];
  let from = first.length;
  for (const [index, part] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const at = isLast ? original.length - last.length : original.indexOf(part, from);
    if (at < from) return undefined;
    values.push(original.slice(from, at));
    from = at + part.length;
  }
  return values;
}
