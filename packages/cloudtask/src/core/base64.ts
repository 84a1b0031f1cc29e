/** How much one call may take as arguments; the limit of engines is some ten times higher. */
const CHUNK = 8_192;

/**
 * @param bytes - any bytes
 * @returns them as base64, padded, as proto3 JSON writes bytes
 */
export function base64(bytes: Uint8Array): string {
  // Buffer is some twenty times faster, where there is one.
  if (typeof Buffer === "function")
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary);
}
