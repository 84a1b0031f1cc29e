import { isUtf8 } from "node:buffer";
import { countText } from "./count-text.ts";

/** Formats a value of the admin API as JSON. Bytes are text, or base64 if they are not UTF-8. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (each instanceof Uint8Array ? bytesText(each) : each), 2);
}

/** Decodes bytes as text, or as base64 if they are not UTF-8. */
export function bytesText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString(isUtf8(bytes) ? "utf8" : "base64");
}

/** Formats a body for people: as text, or as base64 with a note. */
export function bodyText(bytes: Uint8Array): string {
  const text = bytesText(bytes);
  return isUtf8(bytes) ? text : base64Text(text, bytes.length);
}

/** Notes that a body is binary. */
export function base64Text(base64: string, size: number): string {
  return `${base64} (base64 of ${countText(size, "byte")})`;
}
