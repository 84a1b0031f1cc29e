import { BodyBytes } from "./body-bytes.ts";
import type { Refusal } from "./outcome-response.ts";

/**
 * How far beyond the limit a body is read on, and thrown away, in bytes: many servers answer only whoever could send everything
 * (RFC 9112 §9.6).
 */
const DISCARDED_BYTES = 16_777_216;

/**
 * Reads a request's body, once, as text.
 *
 * @param request - whose body was not read yet
 * @param maxBytes - the most that is read
 * @param closing - aborts when the worker waits no longer
 * @returns the text, or the outcome that refuses it
 */
export async function readBody(request: Request, maxBytes: number, closing: AbortSignal): Promise<string | Refusal> {
  if (request.bodyUsed) {
    return {
      kind: "malformed",
      message: "the body was read before the worker got it: mount the worker before whatever parses bodies",
    };
  }
  const announced = Number(request.headers.get("Content-Length"));
  if (announced > maxBytes + DISCARDED_BYTES) return tooLarge(maxBytes);
  if (request.body === null) return "";
  const reader = request.body.getReader();
  // A body that never ends would keep the worker from closing.
  const giveUp = (): void => void reader.cancel().catch(() => undefined);
  for (const signal of [closing, request.signal]) {
    signal.addEventListener("abort", giveUp);
    if (signal.aborted) giveUp();
  }
  try {
    const bytes = await collect(reader, new BodyBytes(announced > maxBytes ? 0 : maxBytes, announced));
    if (closing.aborted) return { kind: "draining", message: "this worker is closing" };
    if (request.signal.aborted) return { kind: "malformed", message: "the caller was gone before the body was there" };
    return bytes === undefined ? tooLarge(maxBytes) : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { kind: "malformed", message: "the body did not arrive whole, or is not UTF-8" };
  } finally {
    for (const signal of [closing, request.signal]) signal.removeEventListener("abort", giveUp);
  }
}

/** @returns the bytes; `undefined` where there are too many */
async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  bytes: BodyBytes,
): Promise<Uint8Array | undefined> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.whole();
    if (bytes.append(value) > DISCARDED_BYTES) {
      void reader.cancel().catch(() => undefined);
      return undefined;
    }
  }
}

function tooLarge(maxBytes: number): Refusal {
  return { kind: "too-large", message: `the body is larger than ${maxBytes} bytes; see \`maxBodyBytes\`` };
}
