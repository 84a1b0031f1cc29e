const MODULUS = 2 ** 31 - 1;
const MULTIPLIER = 48_271;

/** Numbers to skip at the start, because the first numbers of adjacent seeds are similar. */
const SKIPPED = 8;

/**
 * Creates a pseudo-random number generator. Its numbers are at least 0 and below 1, and are the same for the same seed. It is the
 * "minimal standard" generator: Park, Miller, Stockmeyer, Communications of the ACM 36 (7), 1993, page 108.
 */
export function seededRandom(seed: number): () => number {
  let state = (Math.abs(Math.trunc(seed)) % (MODULUS - 1)) + 1;
  const next = (): number => {
    state = (state * MULTIPLIER) % MODULUS;
    return (state - 1) / (MODULUS - 1);
  };
  for (let skipped = 0; skipped < SKIPPED; skipped += 1) next();
  return next;
}
