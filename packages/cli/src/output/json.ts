/** Formats a value of the admin API as JSON. Bytes are text, or base64 if they are not UTF-8. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (each instanceof Uint8Array ? bytesText(each) : each), 2);
}

/** Decodes bytes as text, or as base64 if they are not UTF-8. */
export function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("base64");
  }
}
