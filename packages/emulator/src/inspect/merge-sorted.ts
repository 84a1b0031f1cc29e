import { Heap, type HeapItem } from "../engine/heap.ts";

interface Source<T> extends HeapItem {
  head: T;
  readonly rest: Iterator<T, void, undefined>;
}

/** Merges sequences that are sorted by `before`. Only as many items are read as are taken. */
export function* mergeSorted<T>(
  sequences: Iterable<Iterable<T, void, undefined>>,
  before: (a: T, b: T) => boolean,
): Generator<T, void, undefined> {
  const sources = new Heap<Source<T>>((a, b) => before(a.head, b.head));
  for (const sequence of sequences) {
    const rest = sequence[Symbol.iterator]();
    const first = rest.next();
    if (!first.done) sources.push({ head: first.value, rest, heapIndex: -1 });
  }
  for (let source = sources.peek(); source; source = sources.peek()) {
    yield source.head;
    const next = source.rest.next();
    if (next.done) sources.remove(source);
    else {
      source.head = next.value;
      sources.moved(source);
    }
  }
}
