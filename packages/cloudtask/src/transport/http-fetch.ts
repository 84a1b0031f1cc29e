import type { HttpRequest, HttpResponse, HttpSender } from "../core/http-sender.ts";

const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/**
 * Sends over the global `fetch`, for every runtime but Node and Bun. Connections are pooled by the runtime. Its twin is
 * `http-node.ts`, which Deno could run as well, were it not that its `node:http` sends a request that was given up once more:
 * https://github.com/denoland/deno/issues/36786
 *
 * @returns a sender; `close()` it when done
 *
 * @example
 * ```ts
 * const sender = createHttpSender();
 * const { status } = await sender.send({ method: "GET", url, headers: {}, signal: AbortSignal.timeout(1000) });
 * ```
 */
export function createHttpSender(): HttpSender {
  return {
    send: exchange,
    async close() {
      // The runtime owns the connections.
    },
  };
}

async function exchange({ url, method, headers, body, signal }: HttpRequest): Promise<HttpResponse> {
  try {
    // An API does not redirect; followed, one would carry the access token elsewhere.
    const init: RequestInit = { method, headers, signal, redirect: "manual" };
    const response = await fetch(url, body === undefined ? init : { ...init, ...bodyOnce(body) });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await read(response) };
  } catch (error) {
    // Not every runtime rejects with the reason it was given.
    signal.throwIfAborted();
    throw error;
  }
}

/**
 * Where a kept connection breaks, Deno sends a request again by itself, one that creates a task too; but not where its body is
 * a stream. The retry layer does it, and counts, as its twin's comment says.
 * Source: https://github.com/denoland/deno/pull/32566
 */
function bodyOnce(body: string): RequestInit {
  if (!("Deno" in globalThis)) return { body };
  const streamed = { body: new Blob([body]).stream(), duplex: "half" };
  return streamed;
}

async function read(response: Response): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MAX_RESPONSE_BYTES) {
      await reader.cancel();
      throw tooLarge();
    }
    text += decoder.decode(value, { stream: true });
  }
}

function tooLarge(): Error {
  const error = new Error(`the answer is larger than ${MAX_RESPONSE_BYTES} bytes`);
  return Object.assign(error, { code: "ERR_RESPONSE_TOO_LARGE" });
}
