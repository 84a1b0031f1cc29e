/**
 * @param word - what was written
 * @param candidates - what there is
 * @returns the candidate that was probably meant; undefined where none is near
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const most = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  const near = candidates.map((candidate) => ({ candidate, edits: edits(word, candidate) }));
  const best = near.sort((a, b) => a.edits - b.edits)[0];
  return best && best.edits <= most ? best.candidate : undefined;
}

/**
 * @param what - `key`, `command`
 * @returns the message for a name that there is not, with the one that was probably meant and all that there are
 */
export function unknownName(what: string, word: string, candidates: readonly string[]): string {
  const meant = nearest(word, candidates);
  const all = `here are ${candidates.join(", ")}`;
  return `unknown ${what} ${JSON.stringify(word)}; ${meant === undefined ? `t${all}` : `did you mean ${meant}? T${all}`}`;
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
