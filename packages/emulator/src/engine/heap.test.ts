import fc from "fast-check";
import { expect, test } from "vitest";
import { Heap, type HeapItem } from "./heap.ts";

interface Item extends HeapItem {
  key: number;
}

const newHeap = (): Heap<Item> => new Heap((a, b) => a.key < b.key);
const itemsOf = (keys: readonly number[]): Item[] => keys.map((key) => ({ key, heapIndex: -1 }));

function popAll(heap: Heap<Item>): number[] {
  return Array.from({ length: heap.size }, () => heap.pop()?.key ?? Number.NaN);
}

test("items come out in order, however they were added", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (keys) => {
      const heap = newHeap();
      for (const item of itemsOf(keys)) heap.push(item);
      expect(popAll(heap)).toEqual([...keys].sort((a, b) => a - b));
    }),
  );
});

test("removing any item keeps the order of the rest", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), fc.boolean())), (entries) => {
      const heap = newHeap();
      const items = itemsOf(entries.map(([key]) => key));
      for (const item of items) heap.push(item);
      for (const item of items.filter((_, index) => entries[index]?.[1])) heap.remove(item);
      const left = entries.filter(([, removed]) => !removed).map(([key]) => key);
      expect(popAll(heap)).toEqual(left.sort((a, b) => a - b));
    }),
  );
});

test("after the keys of items change and moved() is called, all come out in the new order", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), fc.integer())), (entries) => {
      const heap = newHeap();
      const items = itemsOf(entries.map(([key]) => key));
      for (const item of items) heap.push(item);
      for (const [index, item] of items.entries()) {
        item.key = entries[index]?.[1] ?? 0;
        heap.moved(item);
      }
      expect(popAll(heap)).toEqual(entries.map(([, key]) => key).sort((a, b) => a - b));
    }),
  );
});

test("an empty heap has no first item", () => {
  expect(newHeap().pop()).toBeUndefined();
  expect(newHeap().peek()).toBeUndefined();
});
