import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { HiddenValues } from "./hidden-values.ts";
import { maskBody } from "./mask-http.ts";

const encoded = '{"user":"x","password":"hunter2-hunter2"}';
test.each([
  ["gzip", gzipSync(encoded), "decompressed"],
  ["GZIP", gzipSync(encoded), "decompressed"],
  ["", gzipSync(encoded), "decompressed"],
  ["deflate", deflateSync(encoded), "decompressed"],
  ["deflate", deflateRawSync(encoded), "decompressed"],
  ["br", brotliCompressSync(encoded), "decompressed"],
  ["", Buffer.from(encoded, "utf16le"), "decoded from UTF-16"],
  ["", Buffer.from(`\ufeff${encoded}`, "utf16le"), "decoded from UTF-16"],
  ["", Buffer.from(encoded, "utf16le").swap16(), "decoded from UTF-16"],
  ["gzip", gzipSync(Buffer.from(encoded, "utf16le")), "decompressed"],
])("a body with the Content-Encoding %j is masked as its text, and says so", (encoding, bytes, bodyNote) => {
  expect(maskBody({ bytes, size: bytes.length, type: "", encoding }, new HiddenValues())).toEqual({
    bodyEncoding: "text",
    body: '{"user":"x","password":"***"}',
    bodySize: bytes.length,
    bodyNote,
  });
});

test("the beginning of a compressed body is masked, and a body that cannot be decompressed is not kept", () => {
  const text = JSON.stringify({
    password: "hunter2-hunter2",
    rest: Array.from({ length: 500 }, (_, index) => index * 7919),
  });
  const whole = gzipSync(text);
  const { body } = maskBody(
    { bytes: whole.subarray(0, 600), size: whole.length, type: "", encoding: "gzip" },
    new HiddenValues(),
  );
  expect(body).toMatch(/^\{"password":"\*\*\*","rest":\[0,7919,/);
  for (const encoding of ["zstd", "gzip, br", "aes\u001b[31m"]) {
    const kept = maskBody({ bytes: Buffer.from("password=hunter2"), size: 16, type: "", encoding }, new HiddenValues());
    expect(kept).toMatchObject({ body: "", bodySize: 16, bodyNote: expect.stringContaining("not kept") });
    expect(kept.bodyNote).not.toContain("\u001b");
  }
});

test("a few compressed bytes cannot fill the memory", () => {
  const bomb = gzipSync(Buffer.alloc(1_500_000, "a"));
  const { body } = maskBody({ bytes: bomb, size: bomb.length, type: "" }, new HiddenValues());
  expect(body.length).toBeLessThanOrEqual(4 * Math.max(bomb.length, 512));
});

test("a binary body says that only readable secrets in it are masked", () => {
  const bytes = Buffer.from([0, 255, 1, 2, 3]);
  expect(maskBody({ bytes, size: 5, type: "" }, new HiddenValues())).toMatchObject({
    bodyEncoding: "base64",
    bodyNote: "binary: only secrets in readable text are masked",
  });
});
