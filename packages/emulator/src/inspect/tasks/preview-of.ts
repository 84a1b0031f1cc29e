import type { BodyJson } from "../types/common-types.ts";

/** Characters of a body to show in a list. */
const PREVIEW_LENGTH = 200;

/** Returns the beginning of a body for a list, if it is text. */
export function previewOf({ body, bodyEncoding }: Pick<BodyJson, "body" | "bodyEncoding">): string | undefined {
  if (bodyEncoding !== "text" || body === "") return undefined;
  return body.slice(0, PREVIEW_LENGTH).toWellFormed();
}
