import type { Outcome } from "./outcome.ts";

/**
 * Reads a request's body, once, as text.
 *
 * @param request - whose body was not read yet
 * @param maxBytes - the most that is read
 * @param closing - aborts when the worker waits no longer
 * @returns the text, or the outcome that refuses it
 */
export async function readBody(request: Request, maxBytes: number, closing: AbortSignal): Promise<string | Outcome> {
  if (request.bodyUsed) {
    return {
      kind: "malformed",
      message: "the body was read before the worker got it: mount the worker before whatever parses bodies",
    };
  }
  if (Number(request.headers.get("Content-Length")) > maxBytes) return tooLarge(maxBytes);
  if (request.body === null) return "";
  const reader = request.body.getReader();
  // A body that never ends would keep the worker from closing.
  const giveUp = (): void => void reader.cancel().catch(() => undefined);
  for (const signal of [closing, request.signal]) {
    signal.addEventListener("abort", giveUp);
    if (signal.aborted) giveUp();
  }
  try {
    const bytes = await collect(reader, maxBytes);
    if (closing.aborted) return { kind: "draining", message: "this worker is closing" };
    if (request.signal.aborted) return { kind: "malformed", message: "the caller was gone before the body was there" };
    return bytes === undefined ? tooLarge(maxBytes) : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { kind: "malformed", message: "the body did not arrive whole, or is not UTF-8" };
  } finally {
    for (const signal of [closing, request.signal]) signal.removeEventListener("abort", giveUp);
  }
}

/** @returns the bytes; `undefined` where there are too many, and then the rest is not read */
async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(chunks, size);
    size += value.byteLength;
    if (size > maxBytes) {
      void reader.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
}

function tooLarge(maxBytes: number): Outcome {
  return { kind: "too-large", message: `the body is larger than ${maxBytes} bytes; see \`maxBodyBytes\`` };
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
