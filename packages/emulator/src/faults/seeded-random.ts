const MODULUS = 2 ** 31 - 1;
const MULTIPLIER = 48_271;

/** The first numbers of neighbouring seeds are alike: they are left out. */
const LEFT_OUT = 8;

/**
 * Numbers from 0 to below 1 that look random and are the same for the same seed: the "minimal standard" generator.
 * Source: Park, Miller, Stockmeyer, Communications of the ACM 36 (7), 1993, page 108.
 */
export function seededRandom(seed: number): () => number {
  let state = (Math.abs(Math.trunc(seed)) % (MODULUS - 1)) + 1;
  const next = (): number => {
    state = (state * MULTIPLIER) % MODULUS;
    return (state - 1) / (MODULUS - 1);
  };
  for (let left = LEFT_OUT; left > 0; left -= 1) next();
  return next;
}
