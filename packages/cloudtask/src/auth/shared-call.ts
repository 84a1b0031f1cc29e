/**
 * Shares one call between all callers that need it at the same time.
 *
 * On Cloudflare Workers each caller makes its own call. Workers cancels the I/O of a request when its client disconnects, and
 * the promise then never settles, so all other callers would wait forever.
 *
 * Source: https://developers.cloudflare.com/workers/observability/errors/#cannot-perform-io-on-behalf-of-a-different-request
 *
 * @returns a function that returns the promise of the call in progress, or starts a new call
 */
export function sharedCall<T>(call: () => Promise<T>): () => Promise<T> {
  let inProgress: Promise<T> | undefined;
  return () => {
    if (isolatesRequests()) return call();
    inProgress ??= call().finally(() => {
      inProgress = undefined;
    });
    return inProgress;
  };
}

function isolatesRequests(): boolean {
  return (globalThis as { readonly navigator?: Navigator }).navigator?.userAgent === "Cloudflare-Workers";
}
