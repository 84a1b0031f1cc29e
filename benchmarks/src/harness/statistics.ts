/** A failed round has no value. */
type Rounds = readonly (number | null)[];

/**
 * @param share - 0 to 1; 0.99 for the 99th percentile
 * @returns NaN if there are no numbers
 */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Returns the median of the rounds that did not fail; NaN if there are none. */
export function median(rounds: Rounds): number {
  const sorted = valuesOf(rounds).sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The lowest and the highest value of the rounds; NaN if all failed. */
export interface Spread {
  readonly low: number;
  readonly high: number;
}

export function spread(rounds: Rounds): Spread {
  const values = valuesOf(rounds);
  if (values.length === 0) return { low: Number.NaN, high: Number.NaN };
  return { low: Math.min(...values), high: Math.max(...values) };
}

/**
 * Returns the median of the ratios of each round, because both subjects of a round ran under the same load of the machine. If
 * the numbers of rounds differ, it is the ratio of the medians.
 */
export function ratio(rounds: Rounds, against: Rounds): number {
  if (rounds.length !== against.length) return median(rounds) / median(against);
  return median(
    rounds.map((value, round) => {
      const other = against[round] ?? null;
      return value === null || other === null ? null : value / other;
    }),
  );
}

function valuesOf(rounds: Rounds): number[] {
  return rounds.filter((value) => value !== null);
}
