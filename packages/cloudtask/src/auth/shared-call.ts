/**
 * Lets any number of callers wait for one call that is under way. On Cloudflare Workers each of them makes its own: what a
 * request has begun is cancelled when its caller leaves, and then neither resolves nor rejects, so that all who waited for it
 * would wait for ever, and so would all who come after them.
 * https://developers.cloudflare.com/workers/observability/errors/#cannot-perform-io-on-behalf-of-a-different-request
 *
 * @param call - the call
 * @returns the same; while one is under way, it returns that one's promise
 */
export function sharedCall<T>(call: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => {
    if (isolatesRequests()) return call();
    underWay ??= call().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

function isolatesRequests(): boolean {
  return (globalThis as { readonly navigator?: Navigator }).navigator?.userAgent === "Cloudflare-Workers";
}
