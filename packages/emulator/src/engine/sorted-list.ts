/** A block is split when it has more items. Inserting into an array of this size costs less than a comparison. */
const MAX_BLOCK_SIZE = 1_024;

/**
 * A list that keeps its items in order. Adding, removing and finding an item take O(log n) comparisons. The items are in blocks,
 * so a change moves few of them, and counting the items before a position takes about a thousandth of their number.
 *
 * The key of an item must not change while the item is in the list.
 */
export class SortedList<T> {
  readonly #before: (a: T, b: T) => boolean;
  #blocks: T[][] = [];
  #size = 0;

  /** @param before - a strict total order */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#size;
  }

  first(): T | undefined {
    return this.#blocks[0]?.[0];
  }

  last(): T | undefined {
    return this.#blocks.at(-1)?.at(-1);
  }

  add(item: T): void {
    this.#size += 1;
    const last = this.#blocks.at(-1);
    const lastItem = last?.at(-1);
    if (last === undefined || lastItem === undefined) this.#blocks = [[item]];
    else if (this.#before(lastItem, item)) this.#append(last, item);
    else this.#insert(item);
  }

  /** @returns whether the item was in the list */
  remove(item: T): boolean {
    // Most tasks are removed in order.
    if (this.#blocks[0]?.[0] === item) return this.#removeAt(0, 0);
    const isBefore = (other: T): boolean => this.#before(other, item);
    const at = this.#blockAt(isBefore);
    const block = this.#blocks[at];
    if (!block) return false;
    const index = firstIndex(block, isBefore);
    return block[index] === item && this.#removeAt(at, index);
  }

  clear(): void {
    this.#blocks = [];
    this.#size = 0;
  }

  /** Counts the items before a position: those at the start of the list for which `isBefore` returns `true`. */
  countBefore(isBefore: (item: T) => boolean): number {
    const at = this.#blockAt(isBefore);
    let count = 0;
    for (let index = 0; index < at; index += 1) count += this.#blocks[index]?.length ?? 0;
    const block = this.#blocks[at];
    return block ? count + firstIndex(block, isBefore) : count;
  }

  /** Returns the items from a position to the end, in order. The list must not change before the iteration ends. */
  *from(isBefore: (item: T) => boolean): Generator<T, void, undefined> {
    const start = this.#blockAt(isBefore);
    for (let at = start; at < this.#blocks.length; at += 1) {
      const block = this.#blocks[at] ?? [];
      for (let index = at === start ? firstIndex(block, isBefore) : 0; index < block.length; index += 1)
        yield block[index] as T;
    }
  }

  /** Returns the items before a position, the last one first. The list must not change before the iteration ends. */
  *back(isBefore: (item: T) => boolean): Generator<T, void, undefined> {
    const start = this.#blockAt(isBefore);
    for (let at = start; at >= 0; at -= 1) {
      const block = this.#blocks[at] ?? [];
      for (let index = (at === start ? firstIndex(block, isBefore) : block.length) - 1; index >= 0; index -= 1)
        yield block[index] as T;
    }
  }

  #removeAt(at: number, index: number): boolean {
    const block = this.#blocks[at] ?? [];
    this.#size -= 1;
    if (block.length === 1) this.#blocks.splice(at, 1);
    else if (index === 0) block.shift();
    else block.splice(index, 1);
    return true;
  }

  #append(last: T[], item: T): void {
    if (last.length < MAX_BLOCK_SIZE) last.push(item);
    else this.#blocks.push([item]);
  }

  #insert(item: T): void {
    const isBefore = (other: T): boolean => this.#before(other, item);
    const at = this.#blockAt(isBefore);
    const block = this.#blocks[at] ?? [];
    block.splice(firstIndex(block, isBefore), 0, item);
    if (block.length > MAX_BLOCK_SIZE) this.#blocks.splice(at + 1, 0, block.splice(MAX_BLOCK_SIZE / 2));
  }

  /** Returns the index of the first block whose last item is not before the position. */
  #blockAt(isBefore: (item: T) => boolean): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.#blocks[middle]?.at(-1) as T)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function firstIndex<T>(block: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(block[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
