import { expect, test } from "vitest";
import { BodyBytes } from "./body-bytes.ts";

const WHOLE = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251);

/** Splits the body into chunks of a size. */
function chunksOf(size: number): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < WHOLE.length; at += size) chunks.push(WHOLE.slice(at, at + size));
  return chunks;
}

test.each([
  ["the declared length is right", WHOLE.length],
  ["the declared length is too large", 20_000],
  ["the declared length is too small", 7],
  ["no length is declared", 0],
  ["the declared length is not a number", Number.NaN],
  ["the declared length is negative", -5],
])("a body of any chunk size is complete if %s", (_, expected) => {
  for (const size of [1, 7, 4_095, 4_096, 4_097, 9_999, 10_000]) {
    const bytes = new BodyBytes(10_000, expected);
    const excess = chunksOf(size).map((chunk) => bytes.append(chunk));
    expect(Math.max(...excess)).toBe(0);
    expect(bytes.whole()).toEqual(WHOLE);
  }
});

test("empty chunks are ignored, and a body without chunks is empty", () => {
  const bytes = new BodyBytes(100, 0);
  expect(bytes.whole()).toEqual(new Uint8Array());
  for (const chunk of [[], [1, 2], [], [3], []]) bytes.append(Uint8Array.from(chunk));
  expect(bytes.whole()).toEqual(Uint8Array.from([1, 2, 3]));
});

test("a first chunk that is kept without a copy is not modified", () => {
  const first = Uint8Array.from([1, 2, 3, 4]);
  const bytes = new BodyBytes(100, 2);
  bytes.append(first.subarray(0, 2));
  bytes.append(Uint8Array.from([9]));
  expect(bytes.whole()).toEqual(Uint8Array.from([1, 2, 9]));
  expect(first).toEqual(Uint8Array.from([1, 2, 3, 4]));
});

test("beyond the limit, the bytes are dropped and the excess is returned", () => {
  const bytes = new BodyBytes(9_999, 0);
  expect(bytes.append(WHOLE.subarray(0, 9_999))).toBe(0);
  expect(bytes.append(WHOLE.subarray(9_999))).toBe(1);
  expect(bytes.append(WHOLE)).toBe(10_001);
  expect(bytes.whole()).toBeUndefined();
});
