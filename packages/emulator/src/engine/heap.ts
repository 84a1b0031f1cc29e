/** What a heap can hold: the heap writes each item's place into it, so that any item can be taken out or moved. */
export interface HeapItem {
  /** Its place in the heap that holds it, -1 in none. */
  heapIndex: number;
}

/** A binary heap that knows where its items are: the least in O(1), every change in O(log n). An item is in one heap at most. */
export class Heap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The least item. */
  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#place(item, this.#items.length);
    this.#rise(item);
  }

  /** Takes the least item out. */
  pop(): T | undefined {
    const least = this.#items[0];
    if (least) this.remove(least);
    return least;
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

  /** Takes every item out. */
  clear(): void {
    for (const item of this.#items) item.heapIndex = -1;
    this.#items.length = 0;
  }

  /** Puts an item right whose order has changed. */
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
