/** The masked parts of a request or a response that are searched. */
export interface SearchedRequest {
  readonly url?: string;
  readonly body: string;
  readonly bodyEncoding: "text" | "base64";
}

/** @param text - in lower case */
export function includesText(searched: SearchedRequest | undefined, text: string): boolean {
  if (!searched) return false;
  const { url = "", body, bodyEncoding } = searched;
  const readable = bodyEncoding === "text" ? body : Buffer.from(body, "base64").toString("latin1");
  return url.toLowerCase().includes(text) || readable.toLowerCase().includes(text);
}
