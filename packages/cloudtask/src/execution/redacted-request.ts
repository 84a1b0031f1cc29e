/** What says who the caller is, and would let whoever reads it in a log be him. */
const CREDENTIALS = [
  "Authorization",
  "Proxy-Authorization",
  "X-Forwarded-Authorization",
  "X-Goog-IAP-JWT-Assertion",
  "X-Serverless-Authorization",
];

/**
 * The request of a delivery as a handler sees it, and may well log it: without the secret and without a token. Its body has
 * been read.
 *
 * @param request - the delivery's
 * @param secretHeader - which header holds the secret
 * @returns a copy
 */
export function redactedRequest(
  { url, headers, signal }: { readonly url: string; readonly headers: HeadersInit; readonly signal?: AbortSignal },
  secretHeader: string,
): Request {
  const shown = new Headers(headers);
  for (const name of [secretHeader, ...CREDENTIALS]) shown.delete(name);
  return new Request(url, { method: "POST", headers: shown, ...(signal && { signal }) });
}
