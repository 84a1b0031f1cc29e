/** Headers with credentials. A reader of a log could use them to impersonate the caller. */
const CREDENTIALS = [
  "Authorization",
  "Proxy-Authorization",
  "X-Forwarded-Authorization",
  "X-Goog-IAP-JWT-Assertion",
  "X-Serverless-Authorization",
];

/**
 * Creates `delivery.request`: a copy of a request without its secret, its tokens and its body, since handlers may log it.
 *
 * @param secretHeader - the name of the header with the client's secret
 */
export function redactedRequest(
  {
    url,
    headers,
    signal,
  }: {
    readonly url: string;
    readonly headers: Iterable<[string, string]> | HeadersInit;
    readonly signal?: AbortSignal;
  },
  secretHeader: string,
): Request {
  const redacted = new Headers(headers as HeadersInit);
  for (const name of [secretHeader, ...CREDENTIALS]) redacted.delete(name);
  return new Request(url, { method: "POST", headers: redacted, ...(signal && { signal }) });
}
