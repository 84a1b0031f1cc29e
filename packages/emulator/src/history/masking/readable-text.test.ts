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

const plain = '{"to":"Łódź"}';
const chinese = "你好，世界";
const little = (text: string): Buffer => Buffer.from(text, "utf16le");
const big = (text: string): Buffer => little(text).swap16();
test.each([
  ["four bytes with a zero", Buffer.from([0x00, 0xff, 0x01, 0x02]), "", undefined],
  ["four bytes with a zero, compressed", gzipSync(Buffer.from([0x00, 0xff, 0x01, 0x02])), "", undefined],
  ["numbers of two bytes", Buffer.from(Uint16Array.from([65, 300, 66, 67]).buffer), "", undefined],
  ["text without a mark or a charset", little(plain), "application/json", undefined],
  ["text with a charset of another encoding", little(plain), "text/plain; charset=utf-8", undefined],
  ["text with a mark", little(`\ufeff${plain}`), "", plain],
  ["text with a mark, big endian", big(`\ufeff${plain}`), "", plain],
  ["text with a charset", little(plain), 'text/plain; charset="UTF-16LE"', plain],
  ["text with a charset, big endian", big(plain), "text/plain;charset=utf-16be", plain],
  ["text with a charset without a byte order", little(plain), "text/plain; charset=utf-16", plain],
  ["text with a charset without a byte order, big endian", big(plain), "text/plain; charset=utf-16", plain],
  ["text without zeros, with a charset", little(chinese), "text/plain; charset=utf-16", chinese],
])("%s is shown as text only if a mark or a charset says that it is UTF-16", (_, bytes, type, text) => {
  const { bodyEncoding, body } = maskBody({ bytes, size: bytes.length, type }, new HiddenValues());
  const binary = { bodyEncoding: "base64", body: bytes.toString("base64") };
  expect({ bodyEncoding, body }).toEqual(text === undefined ? binary : { bodyEncoding: "text", body: text });
});

test("readable secrets are masked in a binary body that could be UTF-16", () => {
  const bytes = Buffer.concat([Buffer.from("password=hunter2;"), little("ABCDEFGHI")]);
  const { bodyEncoding, body } = maskBody({ bytes, size: bytes.length, type: "" }, new HiddenValues());
  expect(bodyEncoding).toBe("base64");
  expect(Buffer.from(body, "base64").toString("latin1")).toMatch(/^password=\*\*\*/);
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
