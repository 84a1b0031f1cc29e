import type { Readable } from "node:stream";
import type { BodyReader } from "../worker/incoming-request.ts";

/**
 * Checks whether a framework's `body` is a stream and not parsed JSON. The stream may be of another implementation than Node's.
 */
export function isStream(body: unknown): body is Readable {
  return typeof Object(body).pipe === "function";
}

export function bytesOf(chunk: Uint8Array | string): Uint8Array {
  return typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
}

/**
 * Reads the unread body of a request, from the first `read()` on. Unlike with `Readable.toWeb()`, cancelling does not destroy the
 * connection, which the response still needs. The worker reads again in the same turn of the event loop. A slower reader pauses the body.
 */
export function bodyReader(incoming: Readable): BodyReader {
  const chunks: Uint8Array[] = [];
  let state: "unread" | "reading" | "ended" | "failed" = "unread";
  let notify: () => void = () => undefined;
  const append = (chunk: Uint8Array | string): void => {
    chunks.push(bytesOf(chunk));
    if (chunks.length > 1) incoming.pause();
    notify();
  };
  const finish = (last: "ended" | "failed"): void => {
    state = last;
    incoming.off("data", append).off("end", end).off("error", fail).off("close", fail);
    notify();
  };
  const end = (): void => finish("ended");
  const fail = (): void => finish("failed");
  const start = (): void => {
    state = "reading";
    // An empty body may have ended before the first read.
    if (incoming.readableEnded) end();
    else if (incoming.destroyed) fail();
    else incoming.on("data", append).on("end", end).on("error", fail).on("close", fail);
  };
  return {
    async read() {
      if (state === "unread") start();
      while (chunks.length === 0 && state === "reading") {
        incoming.resume();
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
      const value = chunks.shift();
      if (value !== undefined) return { done: false, value };
      if (state === "failed") throw new Error("the connection was lost before the end of the body");
      return { done: true, value: undefined };
    },
    async cancel() {
      if (state === "reading") incoming.pause();
      chunks.length = 0;
      finish("ended");
    },
  };
}

/** The maximum number of bytes that are read and dropped after a body was rejected. */
const DISCARDED_BYTES = 16_777_216;

/**
 * Reads and drops the rest of an answered request, up to a limit. If the connection were closed while the caller still sends, the caller
 * might not receive the response (RFC 9112 §9.6). If the rest stayed unread, the connection could carry no other request.
 */
export function discardRest(incoming: Readable): void {
  let remaining = DISCARDED_BYTES;
  incoming.on("data", (chunk: Uint8Array) => {
    remaining -= chunk.byteLength;
    if (remaining < 0) incoming.destroy();
  });
  incoming.resume();
}
