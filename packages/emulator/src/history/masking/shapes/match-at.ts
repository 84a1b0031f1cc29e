/**
 * Returns the text that a pattern matches at a position.
 *
 * @param pattern - a sticky pattern
 */
export function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
