/**
 * The request of a delivery as a handler sees it, and may well log it: without the secret and without a token. Its body has
 * been read.
 *
 * @param request - the delivery's
 * @param secretHeader - which header holds the secret
 * @returns a copy
 */
export function shownRequest(
  { url, headers, signal }: { readonly url: string; readonly headers: HeadersInit; readonly signal?: AbortSignal },
  secretHeader: string,
): Request {
  const shown = new Headers(headers);
  shown.delete(secretHeader);
  shown.delete("Authorization");
  shown.delete("X-Serverless-Authorization");
  return new Request(url, { method: "POST", headers: shown, ...(signal && { signal }) });
}
