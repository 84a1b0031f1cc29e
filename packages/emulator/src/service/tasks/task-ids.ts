import { randomFillSync } from "node:crypto";

/** Ids are drawn in advance: one call for random numbers takes longer than parsing a request. */
const DRAWN_AT_ONCE = 256;

/** Generates ids as Cloud Tasks does: decimal numbers of 64 bits. */
export function* taskIds(): Generator<string, never> {
  for (;;) {
    for (const id of randomFillSync(new BigUint64Array(DRAWN_AT_ONCE))) yield id.toString();
  }
}
