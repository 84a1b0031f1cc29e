import type { MaskedBody } from "../../emulator-events.ts";

/**
 * Checks whether the history has only the beginning of a body.
 *
 * @param limit - bytes that the history keeps of a body. The body may have been written with another limit.
 */
export function isBodyCut({ body, bodyEncoding, bodySize }: MaskedBody, limit: number): boolean {
  const isShort = Buffer.byteLength(body, bodyEncoding === "text" ? "utf8" : "base64") < bodySize;
  // A mask can be shorter than the secret, so sizes differ then.
  return bodySize > limit || (isShort && !body.includes("***"));
}
