/**
 * A block is split when it has more items. Moving the items of a block costs about 10 ns each, because the garbage collector is
 * notified of every move, and there are thousands of blocks in a list of a million items.
 */
const MAX_BLOCK_SIZE = 128;

/** The order of the items of a list: by `key`, and those with the same key by `tie`. Neither may change while the item is in the list. */
export interface ListOrder<T> {
  readonly key: (item: T) => number;
  readonly tie: (item: T) => number;
}

interface Block<T> {
  /** The keys of the items. */
  readonly keys: number[];
  readonly items: T[];
}

/**
 * A list that keeps its items in order. Adding, removing and finding an item take O(log n) comparisons. The items are in blocks,
 * so a change moves few of them. After a change, the first count of the items before a position takes a hundredth of their number.
 *
 * The keys are beside the items: to read them from a million items, each comparison would wait three times for the memory.
 */
export class SortedList<T> {
  readonly #order: ListOrder<T>;
  #blocks: Block<T>[] = [];
  /** The last key of each block. */
  #lastKeys: number[] = [];
  #size = 0;
  /** The number of items before each block. Calculated when it is needed, and valid until the next change. */
  #starts: readonly number[] | undefined;

  constructor(order: ListOrder<T>) {
    this.#order = order;
  }

  get size(): number {
    return this.#size;
  }

  first(): T | undefined {
    return this.#blocks[0]?.items[0];
  }

  last(): T | undefined {
    return this.#blocks.at(-1)?.items.at(-1);
  }

  add(item: T): void {
    this.#size += 1;
    this.#starts = undefined;
    const key = this.#order.key(item);
    // Most tasks are added in order.
    const at = (this.#lastKeys.at(-1) ?? key) < key ? this.#blocks.length : this.#blockFor(item, key);
    const block = this.#blocks[at];
    if (block) this.#insert(block, at, item, key);
    else this.#append(item, key);
  }

  /** Adds many items. The first ones of an empty list are sorted at once, which is faster than one after the other. */
  addAll(items: readonly T[]): void {
    if (this.#size === 0) this.#fill(items);
    else for (const item of items) this.add(item);
  }

  /** @returns whether the item was in the list */
  remove(item: T): boolean {
    // Most tasks are removed in order.
    if (this.first() === item) return this.#removeAt(0, 0);
    const key = this.#order.key(item);
    const at = this.#blockFor(item, key);
    const block = this.#blocks[at];
    if (!block) return false;
    const index = this.#indexFor(block, item, key);
    return block.items[index] === item && this.#removeAt(at, index);
  }

  clear(): void {
    this.#blocks = [];
    this.#lastKeys = [];
    this.#size = 0;
    this.#starts = undefined;
  }

  /** Counts the items before a position: those at the start of the list for which `isBefore` returns `true`. */
  countBefore(isBefore: (item: T) => boolean): number {
    const at = this.#blockAt(isBefore);
    const block = this.#blocks[at];
    if (!block) return this.#size;
    this.#starts ??= this.#calculateStarts();
    return (this.#starts[at] ?? 0) + firstIndex(block.items, isBefore);
  }

  /** Returns the items from a position to the end, in order. The list must not change before the iteration ends. */
  *from(isBefore: (item: T) => boolean): Generator<T, void, undefined> {
    const start = this.#blockAt(isBefore);
    for (let at = start; at < this.#blocks.length; at += 1) {
      const items = this.#itemsOf(at);
      for (let index = at === start ? firstIndex(items, isBefore) : 0; index < items.length; index += 1)
        yield items[index] as T;
    }
  }

  /** Returns the items before a position, the last one first. The list must not change before the iteration ends. */
  *back(isBefore: (item: T) => boolean): Generator<T, void, undefined> {
    const start = this.#blockAt(isBefore);
    for (let at = start; at >= 0; at -= 1) {
      const items = this.#itemsOf(at);
      for (let index = (at === start ? firstIndex(items, isBefore) : items.length) - 1; index >= 0; index -= 1)
        yield items[index] as T;
    }
  }

  #calculateStarts(): number[] {
    let start = 0;
    return this.#blocks.map(({ items }) => {
      start += items.length;
      return start - items.length;
    });
  }

  #itemsOf(at: number): readonly T[] {
    return this.#blocks[at]?.items ?? [];
  }

  #append(item: T, key: number): void {
    const last = this.#blocks.at(-1);
    if (last === undefined || last.items.length >= MAX_BLOCK_SIZE) {
      this.#blocks.push({ keys: [key], items: [item] });
      this.#lastKeys.push(key);
      return;
    }
    last.keys.push(key);
    last.items.push(item);
    this.#lastKeys[this.#lastKeys.length - 1] = key;
  }

  #fill(items: readonly T[]): void {
    const { key, tie } = this.#order;
    const keyOfIndex = Float64Array.from(items, key);
    const keyOf = (index: number): number => keyOfIndex[index] ?? 0;
    const itemOf = (index: number): T => items[index] as T;
    // Sorted by the copied keys: to read those of a million items, each comparison would wait for the memory.
    const order = Array.from(items.keys());
    order.sort((a, b) => keyOf(a) - keyOf(b) || tie(itemOf(a)) - tie(itemOf(b)));
    for (let start = 0; start < order.length; start += MAX_BLOCK_SIZE) {
      const indexes = order.slice(start, start + MAX_BLOCK_SIZE);
      const block = { keys: indexes.map(keyOf), items: indexes.map(itemOf) };
      this.#blocks.push(block);
      this.#lastKeys.push(block.keys.at(-1) ?? 0);
    }
    this.#size = items.length;
    this.#starts = undefined;
  }

  #insert(block: Block<T>, at: number, item: T, key: number): void {
    const index = this.#indexFor(block, item, key);
    block.keys.splice(index, 0, key);
    block.items.splice(index, 0, item);
    if (block.items.length > MAX_BLOCK_SIZE) this.#split(block, at);
  }

  #split({ keys, items }: Block<T>, at: number): void {
    const after = { keys: keys.splice(MAX_BLOCK_SIZE / 2), items: items.splice(MAX_BLOCK_SIZE / 2) };
    this.#blocks.splice(at + 1, 0, after);
    this.#lastKeys.splice(at, 0, keys.at(-1) ?? 0);
  }

  #removeAt(at: number, index: number): boolean {
    const { keys = [], items = [] } = this.#blocks[at] ?? {};
    this.#size -= 1;
    this.#starts = undefined;
    if (items.length === 1) {
      removeAt(this.#blocks, at);
      removeAt(this.#lastKeys, at);
      return true;
    }
    removeAt(keys, index);
    removeAt(items, index);
    this.#lastKeys[at] = keys.at(-1) ?? 0;
    return true;
  }

  /** Returns the index of the first block whose last item is not before `item`. */
  #blockFor(item: T, key: number): number {
    return this.#search(this.#lastKeys, (at) => this.#blocks[at]?.items.at(-1), item, key);
  }

  /** Returns the index of the first item of a block that is not before `item`. */
  #indexFor({ keys, items }: Block<T>, item: T, key: number): number {
    return this.#search(keys, (index) => items[index], item, key);
  }

  #search(keys: readonly number[], itemAt: (index: number) => T | undefined, item: T, key: number): number {
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = keys[middle] ?? 0;
      const isBefore = other === key ? this.#isTieBefore(itemAt(middle), item) : other < key;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isTieBefore(a: T | undefined, b: T): boolean {
    return a !== undefined && this.#order.tie(a) < this.#order.tie(b);
  }

  /** Returns the index of the first block whose last item is not before the position. */
  #blockAt(isBefore: (item: T) => boolean): number {
    return firstIndex(this.#blocks, ({ items }) => isBefore(items.at(-1) as T));
  }
}

function removeAt(list: unknown[], index: number): void {
  // Does not move the others.
  if (index === 0) list.shift();
  else list.splice(index, 1);
}

function firstIndex<T>(sorted: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(sorted[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
