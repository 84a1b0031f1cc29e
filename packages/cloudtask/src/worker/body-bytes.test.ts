import { expect, test } from "vitest";
import { BodyBytes } from "./body-bytes.ts";

const WHOLE = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251);

/** Cuts the whole into chunks of a size. */
function cut(size: number): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < WHOLE.length; at += size) chunks.push(WHOLE.slice(at, at + size));
  return chunks;
}

test.each([
  ["what was said", WHOLE.length],
  ["less than was said", 20_000],
  ["more than was said", 7],
  ["nothing was said", 0],
  ["nonsense was said", Number.NaN],
  ["less than nothing was said", -5],
])("however it is cut, a body arrives whole: %s", (_, expected) => {
  for (const size of [1, 7, 4_095, 4_096, 4_097, 9_999, 10_000]) {
    const bytes = new BodyBytes(10_000, expected);
    const excess = cut(size).map((chunk) => bytes.append(chunk));
    expect(Math.max(...excess)).toBe(0);
    expect(bytes.whole()).toEqual(WHOLE);
  }
});

test("empty chunks do not count, and no chunk is an empty body", () => {
  const bytes = new BodyBytes(100, 0);
  expect(bytes.whole()).toEqual(new Uint8Array());
  for (const chunk of [[], [1, 2], [], [3], []]) bytes.append(Uint8Array.from(chunk));
  expect(bytes.whole()).toEqual(Uint8Array.from([1, 2, 3]));
});

test("a chunk that is kept as it is is not written to", () => {
  const first = Uint8Array.from([1, 2, 3, 4]);
  const bytes = new BodyBytes(100, 2);
  bytes.append(first.subarray(0, 2));
  bytes.append(Uint8Array.from([9]));
  expect(bytes.whole()).toEqual(Uint8Array.from([1, 2, 9]));
  expect(first).toEqual(Uint8Array.from([1, 2, 3, 4]));
});

test("beyond the limit nothing is kept, and the excess is told", () => {
  const bytes = new BodyBytes(9_999, 0);
  expect(bytes.append(WHOLE.subarray(0, 9_999))).toBe(0);
  expect(bytes.append(WHOLE.subarray(9_999))).toBe(1);
  expect(bytes.append(WHOLE)).toBe(10_001);
  expect(bytes.whole()).toBeUndefined();
});
