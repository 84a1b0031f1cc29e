/** How a document is fetched. */
export interface FetchOptions {
  /** Default: the platform's own, as it is at the time of the call. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The limit of one request, its body included, in milliseconds. Default 3,000. */
  readonly timeoutMs?: number | undefined;
}

/** A document, and for how long it may be kept. */
export interface FetchedJson {
  readonly json: unknown;
  /** Milliseconds; `undefined` where the answer does not say. */
  readonly maxAgeMs: number | undefined;
}

/**
 * Fetches a JSON document.
 *
 * @param url - where it is
 * @param options - see `FetchOptions`
 * @returns the document
 * @throws Error that names the URL and says what came instead
 */
export async function fetchJson(url: string, options: FetchOptions = {}): Promise<FetchedJson> {
  const { fetch = globalThis.fetch, timeoutMs = 3_000 } = options;
  try {
    // By hand: not every platform knows "error", and a redirect leads to keys that nobody vouches for.
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    if (response.status !== 200) {
      void response.body?.cancel().catch(() => undefined);
      throw new Error(`it answered ${response.status}`);
    }
    return { json: await response.json(), maxAgeMs: freshnessMs(response.headers) };
  } catch (cause) {
    throw new Error(`GET ${url} failed: ${reasonOf(cause)}`, { cause });
  }
}

/** Source: RFC 9111, 4.2. */
function freshnessMs(headers: Headers): number | undefined {
  const maxAge = /\bmax-age=(\d+)/i.exec(headers.get("Cache-Control") ?? "")?.[1];
  if (maxAge === undefined) return undefined;
  const age = Number(headers.get("Age")) || 0;
  return Math.max(0, Number(maxAge) - age) * 1000;
}

/** Node's fetch says "fetch failed" and hides what did in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = Object(error) as {
    readonly message?: string;
    readonly cause?: { readonly code?: string };
  };
  return cause?.code ?? message ?? String(error);
}
