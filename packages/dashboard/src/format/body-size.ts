import type { BodyJson } from "../source/json.ts";

/** Returns how many bytes of a body the JSON has. */
export function shownBytes({ body, bodyEncoding }: BodyJson): number {
  return bodyEncoding === "text" ? new TextEncoder().encode(body).length : Math.floor((body.length * 3) / 4);
}

/** Checks whether the end of a body is missing. The padding of base64 and a cut character change the size by up to 2 bytes. */
export function isBodyCut(body: BodyJson): boolean {
  return body.bodySize > shownBytes(body) + 2;
}
