import { isUtf8 } from "node:buffer";
import { lateBuiltin } from "../../late-builtins.ts";

/** The text of a body. */
export interface ReadableText {
  readonly text: string;
  /** The encoding of the body. Only `utf-8` is the body's own text. */
  readonly form: "utf-8" | "utf-16" | "compressed";
}

/** Facts about the bytes. */
export interface ReadableOptions {
  /** Whether the bytes are only the beginning. */
  readonly isCut: boolean;
  /** The `Content-Encoding`, in lower case. Without it, gzip is recognized by its first bytes. */
  readonly encoding?: string;
}

/** Decompressed bytes are kept up to this multiple of the compressed ones. */
const MAX_EXPANSION = 4;

/** Decompression stops here. A few bytes can expand to a thousand times as many. */
const MAX_DECOMPRESSED = 4 * 1024 * 1024;

/** Reads bytes as text: UTF-8, UTF-16, or one of them compressed. Returns `undefined` for other bytes. */
export function readableText(bytes: Uint8Array, { isCut, encoding = "" }: ReadableOptions): ReadableText | undefined {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (isCompressed(encoding) || isGzip) {
    const decompressed = decompress(bytes, isCompressed(encoding) ? encoding : "gzip");
    const read = decompressed && plainText(decompressed, true);
    return read && { text: read.text, form: "compressed" };
  }
  return plainText(bytes, isCut);
}

/** Checks whether a `Content-Encoding` changes the bytes. */
export function isCompressed(encoding: string): boolean {
  return encoding !== "" && encoding !== "identity";
}

function plainText(bytes: Uint8Array, isCut: boolean): ReadableText | undefined {
  const wide = utf16Of(bytes);
  if (wide !== undefined) return { text: wide, form: "utf-16" };
  const whole = isCut ? bytes.subarray(0, endOfUtf8(bytes)) : bytes;
  if (!isUtf8(whole) || hasControl(whole)) return undefined;
  return { text: bufferOf(whole).toString(), form: "utf-8" };
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

/** Returns the text of UTF-16: with a byte order mark, or with zeros in every second byte of mostly Latin text. */
function utf16Of(bytes: Uint8Array): string | undefined {
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const isLittle = mark === 0xfffe || (mark !== 0xfeff && hasZerosAt(bytes, 1));
  if (!isLittle && mark !== 0xfeff && !hasZerosAt(bytes, 0)) return undefined;
  const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  const text = (isLittle ? even : even.swap16()).toString("utf16le").replace(/^\ufeff/, "");
  return hasControl(Buffer.from(text)) ? undefined : text;
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

/** Checks for control characters other than white space and escape, which starts terminal colours. */
function hasControl(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) return true;
  }
  return false;
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
