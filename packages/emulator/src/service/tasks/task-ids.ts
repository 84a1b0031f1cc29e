import { randomFillSync } from "node:crypto";

/** Asking for random numbers takes longer than reading the request, so they are drawn for so many tasks at once. */
const DRAWN_AT_ONCE = 256;

/** Ids as Cloud Tasks generates them: decimal numbers of 64 bits. */
export function* taskIds(): Generator<string, never> {
  for (;;) {
    for (const id of randomFillSync(new BigUint64Array(DRAWN_AT_ONCE))) yield id.toString();
  }
}
