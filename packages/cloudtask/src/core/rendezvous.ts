/**
 * Selects one of several numbered places for a key, by rendezvous hashing: every place has a weight for the key, and the highest
 * one wins. A further place takes keys only for itself, so growing from n to n + 1 places moves one key of n + 1.
 *
 * The result must never change: processes with different versions of the library push to the same queues.
 *
 * Source: https://en.wikipedia.org/wiki/Rendezvous_hashing
 *
 * @param places - the number of places
 * @returns the number of the place, from 0
 */
export function placeOf(key: string, places: number): number {
  const hash = fnv1a(key);
  let [place, highest] = [0, -1];
  for (let index = 0; index < places; index++) {
    const weight = mix(hash ^ mix(index + 1));
    if (weight > highest) [place, highest] = [index, weight];
  }
  return place;
}

/** FNV-1a over UTF-16 code units. Source: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

/** The finalizer of MurmurHash3, which spreads every bit. Source: https://github.com/aappleby/smhasher/wiki/MurmurHash3 */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
