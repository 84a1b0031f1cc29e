import { printableText } from "../core/printable.ts";

/** Options of `fetchJson()`. */
export interface FetchOptions {
  /** Default: the global `fetch` at the time of the call. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Time limit of the request, including its body, in milliseconds. Default 3,000. */
  readonly timeoutMs?: number | undefined;
}

/** Google's keys take less than 2 KB. */
const MAX_BYTES = 256 * 1024;

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
    return { json: JSON.parse(await readText(response)), maxAgeMs: freshnessMs(response.headers) };
  } catch (cause) {
    throw new Error(`GET ${url} failed: ${reasonOf(cause)}`, { cause });
  }
}

/** Reads a body up to a limit: an endless one would fill the memory before the time limit ends it. */
async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  // Not every platform can iterate over a stream.
  const reader = response.body?.getReader();
  for (let chunk = await reader?.read(); chunk?.value !== undefined; chunk = await reader?.read()) {
    size += chunk.value.byteLength;
    if (size > MAX_BYTES) {
      void reader?.cancel().catch(() => undefined);
      throw new Error(`its answer is larger than ${MAX_BYTES} bytes`);
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
  return text + decoder.decode();
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
