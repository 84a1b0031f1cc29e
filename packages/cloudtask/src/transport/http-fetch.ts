import { toAbortSignal } from "../core/abort-signal.ts";
import type { HttpRequest, HttpResponse, HttpSender, HttpSenderOptions } from "../core/http-sender.ts";

const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/**
 * Creates a sender over the global `fetch`, for all runtimes except Node and Bun. The runtime pools the connections. Its twin is
 * `http-node.ts`. The runtime also decides about a proxy. Deno uses this sender and not `http-node.ts`, because Deno's
 * `node:http` sends an aborted request a second time: https://github.com/denoland/deno/issues/36786
 *
 * @throws TypeError for an `agent`, which `fetch` does not accept
 *
 * @example
 * ```ts
 * const sender = createHttpSender();
 * const { status } = await sender.send({ method: "GET", url, headers: {}, signal: AbortSignal.timeout(1000) });
 * ```
 */
export function createHttpSender({ agent }: HttpSenderOptions = {}): HttpSender {
  if (agent !== undefined) throw new TypeError("`agent` requires Node: this runtime sends requests with fetch");
  return {
    send: exchange,
    async close() {
      // The runtime owns the connections.
    },
  };
}

async function exchange({ url, method, headers, body, signal, onConnection }: HttpRequest): Promise<HttpResponse> {
  const [aborted, stopForwarding] = toAbortSignal(signal);
  try {
    signal.throwIfAborted();
    // `fetch` has no event for the connection.
    onConnection?.();
    // The API does not redirect. To follow a redirect would send the access token to another host.
    const init: RequestInit = { method, headers, signal: aborted, redirect: "manual" };
    const response = await fetch(url, body === undefined ? init : { ...init, ...bodyOnce(body) });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await read(response) };
  } catch (error) {
    // Not every runtime rejects with the signal's reason.
    signal.throwIfAborted();
    if (isUpgrade(error)) return { status: 101, headers: {}, body: "" };
    throw error;
  } finally {
    stopForwarding();
  }
}

/**
 * Checks for the error with which Node's `fetch` reports the status 101, "Switching Protocols". No answer can follow that status.
 * Deno and workerd return it as a response. `fetch` of Node 20 and 22 ignores a 101 without the header `Upgrade`, as every
 * informational answer, so that request ends at its time limit.
 */
function isUpgrade(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  // The second one is the message of an assertion, in Node 24, for a 101 without `Upgrade`.
  return cause instanceof Error && /^bad upgrade$|\bassert\(upgrade\)/.test(cause.message);
}

/**
 * If a persistent connection breaks, Deno sends the request again by itself, unless its body is a stream. `withRetry()` repeats
 * it instead and counts, for the reason in `http-node.ts`.
 *
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
  const error = new Error(`the response is larger than ${MAX_RESPONSE_BYTES} bytes`);
  return Object.assign(error, { code: "ERR_RESPONSE_TOO_LARGE" });
}
