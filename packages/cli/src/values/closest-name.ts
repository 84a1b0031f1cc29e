/** Returns the candidate with the fewest edits from a word; `undefined` if none is close. */
export function closestName(word: string, candidates: readonly string[]): string | undefined {
  const most = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  const near = candidates.map((candidate) => ({ candidate, edits: edits(word, candidate) }));
  const best = near.sort((a, b) => a.edits - b.edits)[0];
  return best && best.edits <= most ? best.candidate : undefined;
}

/**
 * Returns the message for an unknown name, with the closest name and all valid names.
 *
 * @param kind - `key`, `command`
 */
export function unknownNameMessage(kind: string, word: string, candidates: readonly string[]): string {
  const meant = closestName(word, candidates);
  const hint = meant === undefined ? "." : `, did you mean ${meant}?`;
  return `unknown ${kind} ${JSON.stringify(word)}${hint} Valid ${kind}s: ${candidates.join(", ")}`;
}

/** The Levenshtein distance, by https://en.wikipedia.org/wiki/Levenshtein_distance#Iterative_with_two_matrix_rows */
function edits(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (let column = 0; column < to.length; column++) {
      const replaced = (above[column] ?? 0) + (letter === to[column] ? 0 : 1);
      const removed = (above[column + 1] ?? 0) + 1;
      const added = (current[column] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}
