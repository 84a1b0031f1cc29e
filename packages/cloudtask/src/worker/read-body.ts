import type { AbortSource } from "../core/abort-source.ts";
import { utf8 } from "../core/base64.ts";
import { BodyBytes } from "./body-bytes.ts";
import type { BodyReader, IncomingRequest } from "./incoming-request.ts";
import { lostBodyOf } from "./lost-body.ts";
import type { Rejection } from "./outcome-response.ts";

/**
 * The maximum number of bytes beyond the limit that are read and dropped. Many HTTP clients read the answer only after they have
 * sent the whole body (RFC 9112 §9.6).
 */
const DISCARDED_BYTES = 16_777_216;

/**
 * Reads the body of a request as text.
 *
 * @param maxBytes - the largest accepted body
 * @param closing - aborts when the worker stops waiting for deliveries
 * @returns the text, or the rejection
 */
export function readBody(
  request: IncomingRequest,
  maxBytes: number,
  closing: AbortSource,
): Promise<string | Rejection> | string | Rejection {
  const { bodyText } = request;
  if (bodyText === undefined) return readStream(request, maxBytes, closing);
  return fits(bodyText, maxBytes) ? bodyText : tooLarge(maxBytes);
}

async function readStream(
  request: IncomingRequest,
  maxBytes: number,
  closing: AbortSource,
): Promise<string | Rejection> {
  const lost = lostBodyOf(request) ?? (request.bodyUsed ? "the body was already read" : undefined);
  if (lost !== undefined) return { kind: "malformed", message: `${lost}; mount the worker before body parsers` };
  const declaredBytes = Number(request.headers.get("Content-Length"));
  if (declaredBytes > maxBytes + DISCARDED_BYTES) return tooLarge(maxBytes);
  if (request.body === null) return "";
  const reader = request.body.getReader();
  // A body that never ends must not prevent the worker from closing.
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  for (const signal of [closing, request.signal]) {
    signal.addEventListener("abort", cancel);
    if (signal.aborted) cancel();
  }
  try {
    const bytes = await collect(reader, new BodyBytes(declaredBytes > maxBytes ? 0 : maxBytes, declaredBytes));
    if (closing.aborted) return { kind: "draining", message: "this worker is closing" };
    if (request.signal.aborted)
      return { kind: "malformed", message: "the caller disconnected before the body was complete" };
    return bytes === undefined
      ? tooLarge(maxBytes)
      : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { kind: "malformed", message: "the body is incomplete or is not UTF-8" };
  } finally {
    for (const signal of [closing, request.signal]) signal.removeEventListener("abort", cancel);
  }
}

/** UTF-8 has at most 3 bytes per UTF-16 unit, so most texts need not be encoded to know that they fit. */
function fits(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || utf8(text).length <= maxBytes;
}

/** Returns the bytes, or `undefined` if there are too many. */
async function collect(reader: BodyReader, bytes: BodyBytes): Promise<Uint8Array | undefined> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.whole();
    if (bytes.append(value) > DISCARDED_BYTES) {
      void reader.cancel().catch(() => undefined);
      return undefined;
    }
  }
}

function tooLarge(maxBytes: number): Rejection {
  return { kind: "too-large", message: `the body is larger than ${maxBytes} bytes (maxBodyBytes)` };
}
