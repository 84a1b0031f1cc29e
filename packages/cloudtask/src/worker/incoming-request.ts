import type { AbortSource } from "../core/abort-source.ts";

/** Reads headers by name, and iterates over all of them with their names in lower case. */
export interface HeaderReader extends Iterable<[string, string]> {
  /** Returns the value, or the values of a repeated header, joined by commas; `null` without the header. */
  readonly get: (name: string) => string | null;
  readonly has: (name: string) => boolean;
}

/** Reads a body chunk by chunk. */
export type BodyReader = Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel">;

/** The parts of Node's `Readable` that are used. It may be of another implementation, so its class is not checked. */
export interface NodeStream {
  readonly readableEnded: boolean;
  readonly destroyed: boolean;
  on(event: string, listener: (chunk: Uint8Array | string) => void): unknown;
  off(event: string, listener: (chunk: Uint8Array | string) => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/** A body: a stream of the web, an unread stream of Node, or the bytes. */
export type IncomingBody = { readonly getReader: () => BodyReader } | NodeStream | Uint8Array;

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
