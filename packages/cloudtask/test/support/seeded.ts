const MODULUS = 2 ** 31 - 1;

/**
 * Creates a random choice from a list that is the same for the same seed: the "minimal standard" generator.
 *
 * Source: Park, Miller, Stockmeyer, Communications of the ACM 36 (7), 1993, page 108.
 *
 * @param seed - an integer, 1 or more
 */
export function seeded(seed: number): <T>(list: readonly T[]) => T | undefined {
  let state = seed;
  return (list) => {
    state = (state * 48_271) % MODULUS;
    return list[Math.floor((state / MODULUS) * list.length)];
  };
}
