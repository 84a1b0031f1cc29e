import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { base64, fromBase64 } from "./base64.ts";

const withBuffer = Buffer;

afterEach(() => {
  vi.unstubAllGlobals();
});

test("bytes become the same padded base64 as Buffer's", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(base64(bytes)).toBe(withBuffer.from(bytes).toString("base64"));
    }),
  );
});

test("a view of a larger buffer is encoded without the rest of the buffer", () => {
  expect(base64(new TextEncoder().encode("[cloudtask]").subarray(1, 10))).toBe("Y2xvdWR0YXNr");
});

test.each([0, 1, 2, 3, 255, 8_191, 8_192, 8_193, 100_000])(
  "without Buffer, %d bytes give the same base64",
  (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 256);
    vi.stubGlobal("Buffer", undefined);
    const written = base64(bytes);
    vi.unstubAllGlobals();
    expect(written).toBe(withBuffer.from(bytes).toString("base64"));
  },
);

test.each([withBuffer, undefined])("base64 becomes the same bytes with and without Buffer", (buffer) => {
  vi.stubGlobal("Buffer", buffer);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = withBuffer.from(bytes).toString("base64");
      expect(fromBase64(text)).toEqual(bytes);
      expect(fromBase64(text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""))).toEqual(bytes);
    }),
  );
});
