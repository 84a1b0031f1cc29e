import type { BodyJson } from "../source/json.ts";

/** Returns how many bytes of a body the JSON has. */
export function shownBytes({ body, bodyEncoding }: BodyJson): number {
  return bodyEncoding === "text" ? new TextEncoder().encode(body).length : Math.floor((body.length * 3) / 4);
}
