import type { BodyReader, IncomingBody, NodeStream } from "./incoming-request.ts";

/** Receives a body. Exactly one of `end` and `fail` is called, after the last chunk. */
export interface BodySink {
  chunk(bytes: Uint8Array): void;
  end(): void;
  /** The rest of the body cannot be read. */
  fail(): void;
}

/**
 * Sends a body to a sink, as fast as it arrives.
 *
 * @returns a function that stops this; the sink is then not called anymore
 */
export function sendBody(body: IncomingBody, sink: BodySink): () => void {
  if ("getReader" in body) return sendChunks(body.getReader(), sink);
  if ("on" in body) return sendStream(body, sink);
  sink.chunk(body);
  sink.end();
  return () => undefined;
}

function sendChunks(reader: BodyReader, sink: BodySink): () => void {
  let isStopped = false;
  const read = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (isStopped) return;
      if (done) return sink.end();
      sink.chunk(value);
    }
  };
  read().catch(() => isStopped || sink.fail());
  return () => {
    isStopped = true;
    reader.cancel().catch(() => undefined);
  };
}

/**
 * Reads a stream of Node by its events, which need no promise for each chunk. Stopping only pauses it: the connection is still needed
 * for the response.
 */
function sendStream(stream: NodeStream, sink: BodySink): () => void {
  const append = (chunk: Uint8Array | string): void =>
    sink.chunk(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
  const end = (): void => {
    detach();
    sink.end();
  };
  const fail = (): void => {
    detach();
    sink.fail();
  };
  const listeners = [
    ["data", append],
    ["end", end],
    ["error", fail],
    ["close", fail],
  ] as const;
  const detach = (): void => {
    for (const [event, listener] of listeners) stream.off(event, listener);
  };
  // An empty body may have ended before.
  if (stream.readableEnded) sink.end();
  else if (stream.destroyed) sink.fail();
  else {
    for (const [event, listener] of listeners) stream.on(event, listener);
    // A framework may have paused it.
    stream.resume();
  }
  return () => {
    stream.pause();
    detach();
  };
}
