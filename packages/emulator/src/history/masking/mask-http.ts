import { isUtf8 } from "node:buffer";
import type { MaskedBody } from "../../emulator-events.ts";
import type { HiddenValues } from "./hidden-values.ts";
import { maskCredentials, maskHeaderValue, maskParameters, maskText } from "./mask-text.ts";
import { isSecretName } from "./secret-names.ts";

type Headers = readonly (readonly [name: string, value: string])[];

/** The first bytes of a body, and its size. */
export interface BodyStart {
  readonly bytes: Uint8Array;
  readonly size: number;
  /** The `Content-Type`, empty if there is none. */
  readonly type: string;
}

/** Masks secret values of headers. The scheme of an `Authorization` header stays visible. */
export function maskHeaders(headers: Headers, hidden: HiddenValues): [name: string, value: string][] {
  return headers.map(([name, value]) => {
    return [name, isSecretName(name) ? maskCredentials(value, hidden) : maskHeaderValue(value, hidden)];
  });
}

/** Masks user, password and secret parameters of a URL. The URL may be invalid. */
export function maskUrl(url: string, hidden: HiddenValues): string {
  // Like a URL parser: ignore tabs and line breaks, and accept any number of slashes or backslashes.
  const [, start = "", user, rest = ""] =
    /^([a-z][a-z0-9+.-]*:[\\/]*)([^\\/?#]*@)?(.*)$/is.exec(url.replace(/[\t\r\n]/g, "")) ?? [];
  if (start === "") return maskText(url, hidden);
  const maskedUser = user === undefined ? "" : `${hidden.hide(user.slice(0, -1))}@`;
  const parts = rest.split(/([?#])/);
  const masked = parts.map((part, index) => (index === 0 ? maskText(part, hidden) : maskParameters(part, hidden)));
  return start + maskedUser + masked.join("");
}

/** Masks the secrets in the beginning of a body. Returns text if it is UTF-8 text, base64 otherwise. */
export function maskBody({ bytes, size, type }: BodyStart, hidden: HiddenValues): MaskedBody {
  const isCut = size > bytes.length;
  const text = textOf(bytes, isCut);
  if (text === undefined) return { bodyEncoding: "base64", body: maskBinary(bytes, isCut, hidden), bodySize: size };
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type);
  const masked = isForm ? maskParameters(text, hidden) : maskText(text, hidden);
  return { bodyEncoding: "text", body: hidden.scrub(masked, isCut), bodySize: size };
}

/** Masks the text secrets in a binary body. All other bytes stay unchanged. */
function maskBinary(bytes: Uint8Array, isCut: boolean, hidden: HiddenValues): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const masked = hidden.scrub(maskText(buffer.toString("latin1"), hidden), isCut);
  return Buffer.from(masked, "latin1").toString("base64");
}

/** Returns `undefined` if the bytes are not text: not valid UTF-8, or with control characters. */
function textOf(bytes: Uint8Array, isCut: boolean): string | undefined {
  const whole = isCut ? bytes.subarray(0, endOfUtf8(bytes)) : bytes;
  if (!isUtf8(whole) || hasControl(whole)) return undefined;
  return Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString();
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
