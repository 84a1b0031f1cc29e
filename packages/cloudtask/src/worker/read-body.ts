import type { AbortSource } from "../core/abort-source.ts";
import { utf8 } from "../core/base64.ts";
import { BodyBytes } from "./body-bytes.ts";
import type { IncomingBody, IncomingRequest } from "./incoming-request.ts";
import { lostBodyOf } from "./lost-body.ts";
import type { Rejection } from "./outcome-response.ts";
import { type BodySink, sendBody } from "./send-body.ts";

/**
 * The maximum number of bytes beyond the limit that are read and dropped. Many HTTP clients read the answer only after they have
 * sent the whole body (RFC 9112 §9.6).
 */
const DISCARDED_BYTES = 16_777_216;

const UTF_8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

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
): string | Rejection | Promise<string | Rejection> {
  const { body, bodyText, signal } = request;
  if (bodyText !== undefined) return fits(bodyText, maxBytes) ? bodyText : tooLarge(maxBytes);
  const lost = lostBodyOf(request) ?? (request.bodyUsed ? "the body was already read" : undefined);
  if (lost !== undefined) return { kind: "malformed", message: `${lost}; mount the worker before body parsers` };
  const declaredBytes = Number(request.headers.get("content-length"));
  if (declaredBytes > maxBytes + DISCARDED_BYTES) return tooLarge(maxBytes);
  if (body === null) return "";
  const bytes = new BodyBytes(declaredBytes > maxBytes ? 0 : maxBytes, declaredBytes);
  return new Promise((resolve) => new Reading(bytes, [closing, signal], { maxBytes, resolve }).begin(body));
}

/** UTF-8 has at most 3 bytes per UTF-16 unit, so most texts need not be encoded to know that they fit. */
function fits(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || utf8(text).length <= maxBytes;
}

/** Collects one body. */
class Reading implements BodySink {
  readonly #bytes: BodyBytes;
  readonly #maxBytes: number;
  readonly #resolve: (read: string | Rejection) => void;
  readonly #signals: readonly [closing: AbortSource, caller: AbortSource];
  #stop: (() => void) | undefined;
  #isSettled = false;

  constructor(
    bytes: BodyBytes,
    signals: readonly [closing: AbortSource, caller: AbortSource],
    { maxBytes, resolve }: { readonly maxBytes: number; readonly resolve: (read: string | Rejection) => void },
  ) {
    this.#bytes = bytes;
    this.#maxBytes = maxBytes;
    this.#resolve = resolve;
    this.#signals = signals;
  }

  begin(body: IncomingBody): void {
    for (const signal of this.#signals) signal.addEventListener("abort", this.#cancel);
    this.#stop = sendBody(body, this);
    // A body that is in memory is complete now.
    if (!this.#isSettled && this.#signals.some(({ aborted }) => aborted)) this.#cancel();
  }

  chunk(chunk: Uint8Array): void {
    if (this.#bytes.append(chunk) > DISCARDED_BYTES) this.#cancel();
  }

  end(): void {
    const [closing, caller] = this.#signals;
    if (closing.aborted) this.#settle({ kind: "draining", message: "this worker is closing" });
    else if (caller.aborted)
      this.#settle({ kind: "malformed", message: "the caller disconnected before the body was complete" });
    else this.#settle(textOf(this.#bytes, this.#maxBytes));
  }

  fail(): void {
    this.#settle(unreadable());
  }

  /** Also called if the signals abort: a body that never ends must not prevent the worker from closing. */
  readonly #cancel = (): void => {
    this.#stop?.();
    this.end();
  };

  #settle(read: string | Rejection): void {
    this.#isSettled = true;
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#cancel);
    this.#resolve(read);
  }
}

function textOf(bytes: BodyBytes, maxBytes: number): string | Rejection {
  const whole = bytes.whole();
  if (whole === undefined) return tooLarge(maxBytes);
  try {
    return UTF_8.decode(whole);
  } catch {
    return unreadable();
  }
}

function unreadable(): Rejection {
  return { kind: "malformed", message: "the body is incomplete or is not UTF-8" };
}

function tooLarge(maxBytes: number): Rejection {
  return { kind: "too-large", message: `the body is larger than ${maxBytes} bytes (maxBodyBytes)` };
}
