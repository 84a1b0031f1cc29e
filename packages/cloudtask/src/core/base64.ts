/** Arguments of one call. The limit of JavaScript engines is about ten times higher. */
const CHUNK = 8_192;

/** Encodes a text as UTF-8. */
export function utf8(text: string): Uint8Array {
  // Small buffers share memory, so they are cheaper to create and to collect.
  return typeof Buffer === "function" ? Buffer.from(text) : new TextEncoder().encode(text);
}

/** Encodes bytes as padded base64, the form that proto3 JSON uses. */
export function base64(bytes: Uint8Array): string {
  // Buffer is about twenty times faster, but not every runtime has it.
  if (typeof Buffer === "function")
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary);
}

/** Decodes base64, in the standard or the URL-safe alphabet, with or without padding. */
export function fromBase64(text: string): Uint8Array {
  if (typeof Buffer === "function") return new Uint8Array(Buffer.from(text, "base64"));
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (byte) => byte.charCodeAt(0));
}
