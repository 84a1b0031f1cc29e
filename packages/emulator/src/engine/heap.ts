/** An item of a heap. The heap stores each item's index in the item itself, so any item can be removed or moved. */
export interface HeapItem {
  /** Index of the item in its heap, -1 if it is in none. */
  heapIndex: number;
}

/**
 * A binary min-heap. Reading the first item takes O(1), every change O(log n). An item can be in one heap at a time.
 */
export class Heap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Returns the first item and leaves it in the heap. */
  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#place(item, this.#items.length);
    this.#rise(item);
  }

  /** Removes and returns the first item. */
  pop(): T | undefined {
    const first = this.#items[0];
    if (first) this.remove(first);
    return first;
  }

  remove(item: T): void {
    if (item.heapIndex < 0) return;
    const hole = item.heapIndex;
    item.heapIndex = -1;
    const last = this.#items.pop();
    if (!last || last === item) return;
    this.#place(last, hole);
    this.moved(last);
  }

  /** Removes all items. */
  clear(): void {
    for (const item of this.#items) item.heapIndex = -1;
    this.#items.length = 0;
  }

  /** Restores the order after the key of `item` changed. */
  moved(item: T): void {
    this.#rise(item);
    this.#sink(item);
  }

  #place(item: T, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }

  #rise(item: T): void {
    while (item.heapIndex > 0) {
      const index = item.heapIndex;
      const up = (index - 1) >> 1;
      const parent = this.#items[up];
      if (!parent || !this.#before(item, parent)) return;
      this.#place(parent, index);
      this.#place(item, up);
    }
  }

  #sink(item: T): void {
    for (;;) {
      const index = item.heapIndex;
      const left = this.#items[2 * index + 1];
      const right = this.#items[2 * index + 2];
      const child = left && right && this.#before(right, left) ? right : left;
      if (!child || !this.#before(child, item)) return;
      const down = child.heapIndex;
      this.#place(child, index);
      this.#place(item, down);
    }
  }
}
