import fc from "fast-check";
import { expect, test } from "vitest";
import { type ListOrder, SortedList } from "./sorted-list.ts";

interface Item {
  readonly key: number;
  readonly id: number;
}

const order: ListOrder<Item> = { key: ({ key }) => key, tie: ({ id }) => id };
const before = (a: Item, b: Item): boolean => (a.key === b.key ? a.id < b.id : a.key < b.key);

/** Up to forty blocks of 128 items: in order, in reverse, with few different keys, or mixed. */
const keys = fc
  .tuple(fc.nat(5_000), fc.constantFrom(1, -1, 0, 7919), fc.integer({ min: 1, max: 5_000 }))
  .map(([count, factor, range]) => Array.from({ length: count }, (_, id) => Math.abs(id * factor) % range));

function itemsOf(list: SortedList<Item>): Item[] {
  return [...list.from(() => false)];
}

test("items are in order after any additions and removals, from both ends and from any position", () => {
  fc.assert(
    fc.property(keys, fc.nat(7), fc.nat(5_000), fc.nat(5_000), (added, every, position, split) => {
      const list = new SortedList(order);
      const items = added.map((key, id) => ({ key, id }));
      list.addAll(items.slice(0, split));
      for (const item of items.slice(split)) list.add(item);
      const kept = items.filter(({ id }) => id % 8 !== every);
      for (const item of items) expect(list.remove({ ...item })).toBe(false);
      for (const item of items.filter(({ id }) => id % 8 === every)) expect(list.remove(item)).toBe(true);
      const sorted = kept.sort((a, b) => (before(a, b) ? -1 : 1));
      expect(itemsOf(list)).toEqual(sorted);
      expect([list.size, list.first(), list.last()]).toEqual([sorted.length, sorted[0], sorted.at(-1)]);
      const isBefore = ({ key }: Item): boolean => key < position;
      expect(list.countBefore(isBefore)).toBe(sorted.filter(isBefore).length);
      expect([...list.from(isBefore)]).toEqual(sorted.filter((item) => !isBefore(item)));
      expect([...list.back(isBefore)]).toEqual(sorted.filter(isBefore).reverse());
    }),
    { numRuns: 40 },
  );
});

test("an item can be removed until the list is empty, and a cleared list is empty", () => {
  const list = new SortedList(order);
  const items = Array.from({ length: 3_000 }, (_, id) => ({ key: (id * 7919) % 3_000, id }));
  for (const item of items) list.add(item);
  for (const item of items) expect(list.remove(item)).toBe(true);
  expect([list.size, list.first(), itemsOf(list)]).toEqual([0, undefined, []]);
  for (const item of items) list.add(item);
  list.clear();
  expect([list.size, list.last(), itemsOf(list)]).toEqual([0, undefined, []]);
});

test("a count is right before and after each change", () => {
  const list = new SortedList(order);
  const items = Array.from({ length: 1_000 }, (_, id) => ({ key: (id * 7919) % 1_000, id }));
  const count = (): number => list.countBefore(({ key }) => key < 500);
  let expected = 0;
  for (const item of items) {
    list.add(item);
    expected += item.key < 500 ? 1 : 0;
    expect(count()).toBe(expected);
  }
  for (const item of items) {
    list.remove(item);
    expected -= item.key < 500 ? 1 : 0;
    expect(count()).toBe(expected);
  }
  list.add({ key: 1, id: 1 });
  expect(count()).toBe(1);
  list.clear();
  expect(count()).toBe(0);
});
