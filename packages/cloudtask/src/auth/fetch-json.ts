import { printableText } from "../core/printable.ts";

/** Options of `fetchJson()`. */
export interface FetchOptions {
  /** Default: the global `fetch` at the time of the call. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Time limit of the request, including its body, in milliseconds. Default 3,000. */
  readonly timeoutMs?: number | undefined;
}

/** A document and its cache lifetime. */
export interface FetchedJson {
  readonly json: unknown;
  /** Milliseconds; `undefined` if the answer has no max-age. */
  readonly maxAgeMs: number | undefined;
}

/**
 * Fetches a JSON document.
 *
 * @throws Error with the URL and the failure
 */
export async function fetchJson(url: string, options: FetchOptions = {}): Promise<FetchedJson> {
  const { fetch = globalThis.fetch, timeoutMs = 3_000 } = options;
  try {
    // A redirect could lead to keys of another party. Not every platform supports `redirect: "error"`.
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

/** The message of Node's fetch is only "fetch failed". Its cause contains the reason. */
function reasonOf(error: unknown): string {
  const { message, cause } = Object(error) as {
    readonly message?: string;
    readonly cause?: { readonly code?: string };
  };
  return printableText(cause?.code ?? message ?? String(error));
}
