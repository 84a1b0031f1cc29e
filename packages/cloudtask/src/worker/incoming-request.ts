import type { AbortSource } from "../core/abort-source.ts";

/** Reads headers by name, and iterates over all of them with their names in lower case. */
export interface HeaderReader extends Iterable<[string, string]> {
  /** Returns the value, or the values of a repeated header, joined by commas; `null` without the header. */
  readonly get: (name: string) => string | null;
  readonly has: (name: string) => boolean;
}

/** Reads a body chunk by chunk. */
export type BodyReader = Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel">;

/** Receives a body. Exactly one of `end` and `fail` is called, after the last chunk. */
export interface BodySink {
  readonly chunk: (bytes: Uint8Array) => void;
  readonly end: () => void;
  /** The rest of the body cannot be read. */
  readonly fail: () => void;
}

/** A body, as a stream of the web or as a source that needs no promise for each chunk. */
export interface IncomingBody {
  readonly getReader: () => BodyReader;
  /**
   * Sends the body to a sink, as fast as it arrives.
   *
   * @returns a function that stops this, and drops the rest; the sink is not called anymore
   */
  readonly sendTo?: (sink: BodySink) => () => void;
}

/**
 * The parts of a `Request` that a worker reads. The adapters for Node create an object with these parts, because a `Request` costs
 * more than the rest of a delivery: its headers, its signal, and a web stream for its body.
 */
export interface IncomingRequest extends Pick<Request, "method" | "url" | "bodyUsed"> {
  /** Aborts when the caller disconnects. */
  readonly signal: AbortSource;
  readonly headers: HeaderReader;
  readonly body: IncomingBody | null;
  /** The complete body, if it is in memory. `body` is then not read. */
  readonly bodyText?: string;
}

/** The parts of a worker's `Response`. */
export interface WorkerAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}
