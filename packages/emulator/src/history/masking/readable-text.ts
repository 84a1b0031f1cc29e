import { isUtf8 } from "node:buffer";
import { lateBuiltin } from "../../late-builtins.ts";

/** The text of a body. */
export interface ReadableText {
  readonly text: string;
  /** The encoding of the body. Only `utf-8` is the body's own text. */
  readonly form: "utf-8" | "utf-16" | "compressed";
  /** Whether UTF-16 was guessed from the bytes, so they can also be binary. */
  readonly isGuess: boolean;
}

/** Facts about the bytes. */
export interface ReadableOptions {
  /** Whether the bytes are only the beginning. */
  readonly isCut: boolean;
  /** The `Content-Encoding`, in lower case. Without it, gzip is recognized by its first bytes. */
  readonly encoding?: string;
  /** The charset of the `Content-Type`. */
  readonly charset?: string;
}

/** Decompressed bytes are kept up to this multiple of the compressed ones. */
const MAX_EXPANSION = 4;

/** Decompression stops here. A few bytes can expand to a thousand times as many. */
const MAX_DECOMPRESSED = 4 * 1024 * 1024;

/** A control character other than white space. */
const control = /[^\t-\r\x20-\uffff]/;

/** Starts terminal colours. */
const ESCAPE = "\u001b";

/** Reads bytes as text: UTF-8, UTF-16, or one of them compressed. Returns `undefined` for other bytes. */
export function readableText(
  bytes: Uint8Array,
  { isCut, encoding = "", charset = "" }: ReadableOptions,
): ReadableText | undefined {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (isCompressed(encoding) || isGzip) {
    const decompressed = decompress(bytes, isCompressed(encoding) ? encoding : "gzip");
    const read = decompressed && plainText(decompressed, true, charset);
    return read && { ...read, form: "compressed" };
  }
  return plainText(bytes, isCut, charset);
}

/** Checks whether a `Content-Encoding` changes the bytes. */
export function isCompressed(encoding: string): boolean {
  return encoding !== "" && encoding !== "identity";
}

function plainText(bytes: Uint8Array, isCut: boolean, charset: string): ReadableText | undefined {
  const order = byteOrder(bytes, charset);
  const wide = order && utf16Of(bytes, order.isLittle);
  if (wide !== undefined) return { text: wide, form: "utf-16", isGuess: order?.isGuess === true };
  const whole = isCut ? bytes.subarray(0, endOfUtf8(bytes)) : bytes;
  if (!isUtf8(whole)) return undefined;
  const text = bufferOf(whole).toString();
  return hasControl(text) ? undefined : { text, form: "utf-8", isGuess: false };
}

/** Decompresses the beginning of a stream. The rest may be missing. */
function decompress(bytes: Uint8Array, encoding: string): Uint8Array | undefined {
  const { constants, gunzipSync, brotliDecompressSync, inflateSync, inflateRawSync } = lateBuiltin("node:zlib");
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_DECOMPRESSED };
  const brotli = { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength: MAX_DECOMPRESSED };
  try {
    const decompressed = (): Buffer | undefined => {
      if (encoding === "gzip" || encoding === "x-gzip") return gunzipSync(bytes, options);
      if (encoding === "br") return brotliDecompressSync(bytes, brotli);
      if (encoding !== "deflate") return undefined;
      // Most senders of `deflate` wrap it as zlib does, as RFC 9110 requires, but not all.
      return ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
    };
    return decompressed()?.subarray(0, MAX_EXPANSION * Math.max(bytes.length, 512));
  } catch {
    return undefined;
  }
}

/**
 * Returns the byte order of UTF-16: by a byte order mark, by the charset, or as a guess by zeros in every second byte, as mostly
 * Latin text has them. `undefined` if the bytes are not UTF-16.
 */
function byteOrder(
  bytes: Uint8Array,
  charset: string,
): { readonly isLittle: boolean; readonly isGuess: boolean } | undefined {
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (mark === 0xfffe || mark === 0xfeff) return { isLittle: mark === 0xfffe, isGuess: false };
  const label = charset.toLowerCase();
  if (label === "utf-16le" || label === "utf-16be") return { isLittle: label === "utf-16le", isGuess: false };
  const isDeclared = label === "utf-16";
  const isLittle = hasZerosAt(bytes, 1);
  if (isLittle || hasZerosAt(bytes, 0)) return { isLittle, isGuess: !isDeclared };
  // https://encoding.spec.whatwg.org/#names-and-labels: `utf-16` means little endian.
  return isDeclared ? { isLittle: true, isGuess: false } : undefined;
}

function utf16Of(bytes: Uint8Array, isLittle: boolean): string | undefined {
  const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  const text = (isLittle ? even : even.swap16()).toString("utf16le").replace(/^\ufeff/, "");
  return hasControl(text) ? undefined : text;
}

function hasZerosAt(bytes: Uint8Array, parity: 0 | 1): boolean {
  if (bytes.length < 4 || !bytes.includes(0)) return false;
  let zeros = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] !== 0) continue;
    if (index % 2 !== parity) return false;
    zeros += 1;
  }
  return zeros * 4 >= bytes.length;
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function hasControl(text: string): boolean {
  return control.test(text) && control.test(text.replaceAll(ESCAPE, ""));
}

/** Returns the end of the last complete character in bytes that may be cut off. */
function endOfUtf8(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    const isContinuation = byte >= 0x80 && byte < 0xc0;
    if (!isContinuation) return lengthOfUtf8(byte) <= back ? bytes.length : bytes.length - back;
  }
  return bytes.length;
}

function lengthOfUtf8(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
