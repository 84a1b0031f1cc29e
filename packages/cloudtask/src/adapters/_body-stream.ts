import type { Readable } from "node:stream";

/**
 * @param body - what a framework keeps of a body
 * @returns whether it is a stream, of this copy of Node's streams or of another, and not parsed JSON
 */
export function isStream(body: unknown): body is Readable {
  return typeof Object(body).pipe === "function";
}

/**
 * The body of a request as a web stream. Unlike with `Readable.toWeb()`, whoever gives up on it does not destroy the connection,
 * over which the answer has yet to go.
 *
 * @param incoming - the request, its body unread
 * @returns its body, read when asked for
 */
export function bodyStream(incoming: Readable): ReadableStream<Uint8Array> {
  let detach: (() => void) | undefined;
  return new ReadableStream(
    {
      pull: (controller) => {
        detach ??= feed(incoming, controller);
        incoming.resume();
      },
      cancel: () => detach?.(),
    },
    // Nothing is read ahead: most refusals read nothing at all.
    { highWaterMark: 0 },
  );
}

/** Hands on what comes in, piece by piece, each when it is asked for. Returns what stops that. */
function feed(incoming: Readable, controller: ReadableStreamDefaultController<Uint8Array>): () => void {
  const take = (chunk: Uint8Array | string): void => {
    incoming.pause();
    controller.enqueue(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
  };
  const end = (): void => {
    detach();
    controller.close();
  };
  const lose = (): void => {
    detach();
    controller.error(new Error("the connection was lost in the middle of the body"));
  };
  const detach = (): void => void incoming.off("data", take).off("end", end).off("error", lose).off("close", lose);
  incoming.on("data", take).on("end", end).on("error", lose).on("close", lose);
  // An empty one may have ended while nobody read it.
  if (incoming.readableEnded) end();
  else if (incoming.destroyed) lose();
  return detach;
}

/** What is read and thrown away at most of a body that was refused, in bytes. */
const DISCARDED_BYTES = 16_777_216;

/**
 * Throws away what is still to come of a request that has been answered. A connection that is closed while its caller is
 * sending may be lost before he has read the answer (RFC 9112 §9.6), and one that is left full can carry no other request. Whoever
 * goes on and on is cut off.
 *
 * @param incoming - a request that nobody reads any more
 */
export function discardRest(incoming: Readable): void {
  let left = DISCARDED_BYTES;
  incoming.on("data", (chunk: Uint8Array) => {
    left -= chunk.byteLength;
    if (left < 0) incoming.destroy();
  });
  incoming.resume();
}
