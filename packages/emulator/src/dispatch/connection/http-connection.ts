import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import { lateBuiltin } from "../../late-builtins.ts";
import type { Observer, PreparedRequest, ReceivedResponse } from "../exchange.ts";
import { ResponseParser } from "./response-parser.ts";

/** Bytes of the buffer that a connection reads into. It is reused, unlike the buffers of a stream. */
const READ_BYTES = 8 * 1024;

/** A body up to this size is copied behind the head, so the request is a single write. */
const MAX_COPIED_BODY = 64 * 1024;

/** The errors of a connection that the other side has closed. */
const closedCodes = ["ECONNRESET", "EPIPE"];

/** Where to connect to. `tls` is set for https. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsOptions | undefined;
}

/** The target closed a connection from an earlier request before it answered. */
export class ClosedConnection extends Error {}

/** Called by a connection. */
export interface ConnectionEvents {
  /** A request has ended, and the connection can be used again. */
  onIdle(connection: HttpConnection): void;
  onClose(connection: HttpConnection): void;
}

interface Exchange {
  readonly parser: ResponseParser;
  readonly signal: Observer["signal"];
  readonly resolve: (response: ReceivedResponse) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A connection to a target, which carries one request at a time. It does what `node:http` does, for half of the CPU time: a
 * request is one write, and bytes are parsed in the buffer that they were read into.
 */
export class HttpConnection {
  /** When the last request ended, by `performance.now()`. */
  idleSince = 0;
  /** Milliseconds for which the target keeps the idle connection open; `undefined` if it did not state it. */
  keepAliveMs: number | undefined;
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  readonly #onAbort = (): void => this.#fail(new Error("the request was aborted"));
  readonly #readyEvent: "connect" | "secureConnect";
  #exchange: Exchange | undefined;
  #isReady = false;
  #isReused = false;

  constructor({ host, port, tls }: Address, events: ConnectionEvents) {
    this.#events = events;
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const onread = { buffer, callback: (size: number) => this.#onBytes(buffer.subarray(0, size)) };
    const options: NetConnectOpts & TlsOptions = { host, port, noDelay: true, keepAlive: true, onread };
    this.#socket = tls ? lateBuiltin("node:tls").connect({ ...options, ...tls }) : connect(options);
    // Nothing must be sent before the certificate is checked.
    this.#readyEvent = tls ? "secureConnect" : "connect";
    this.#socket.once(this.#readyEvent, () => {
      this.#isReady = true;
    });
    this.#socket.on("error", (error) => this.#onError(error));
    this.#socket.on("end", () => this.#onEnd());
    this.#socket.on("close", () => {
      this.#onEnd();
      this.#events.onClose(this);
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** @param listener - gets each TLS session, with which a later connection is faster */
  onSession(listener: (session: Buffer) => void): void {
    this.#socket.on("session", listener);
  }

  /**
   * Sends a request and reads its response.
   *
   * @throws ClosedConnection if this is not the first request of the connection, and the connection was closed before any byte of
   *   the response; Error if there is no complete response
   */
  exchange(request: PreparedRequest, { signal, bodyBytes }: Observer): Promise<ReceivedResponse> {
    return new Promise((resolve, reject) => {
      const parser = new ResponseParser(request.method === "HEAD", bodyBytes);
      this.#exchange = { parser, signal, resolve, reject };
      if (signal.aborted) return this.#onAbort();
      signal.addEventListener("abort", this.#onAbort);
      if (this.#isReady) this.#write(request);
      else this.#socket.once(this.#readyEvent, () => this.#write(request));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #write({ head, body }: PreparedRequest): void {
    if (body.length === 0) this.#socket.write(head, "latin1");
    else if (body.length <= MAX_COPIED_BODY) this.#socket.write(head + latin1Of(body), "latin1");
    else {
      this.#socket.cork();
      this.#socket.write(head, "latin1");
      this.#socket.write(body);
      this.#socket.uncork();
    }
  }

  /** @returns whether to continue reading */
  #onBytes(bytes: Buffer): boolean {
    const exchange = this.#exchange;
    // The target sent something without a request.
    if (!exchange) return this.#destroy();
    try {
      exchange.parser.feed(bytes);
    } catch (error) {
      this.#fail(error as Error);
      return false;
    }
    if (exchange.parser.isDone) this.#complete(exchange);
    return true;
  }

  #onEnd(): void {
    const exchange = this.#exchange;
    if (!exchange) {
      this.#socket.destroy();
      return;
    }
    if (exchange.parser.end()) this.#complete(exchange);
    else if (exchange.parser.hasBytes) this.#fail(new Error("the connection closed before the answer was complete"));
    else this.#fail(this.#closed("the target closed the connection before it answered"));
  }

  #onError(error: NodeJS.ErrnoException): void {
    const isClosed = closedCodes.includes(error.code ?? "") && this.#exchange?.parser.hasBytes === false;
    this.#fail(isClosed ? this.#closed(error.message, error) : error);
  }

  #closed(message: string, cause?: Error): Error {
    const options = cause ? { cause } : {};
    return this.#isReused ? new ClosedConnection(message, options) : new Error(message, options);
  }

  #complete({ parser, signal, resolve }: Exchange): void {
    this.#exchange = undefined;
    signal.removeEventListener("abort", this.#onAbort);
    this.#isReused = true;
    this.keepAliveMs = parser.keepAliveMs;
    // If the target answered before it read the whole request, the rest is still to be sent.
    if (this.keepAliveMs === 0 || this.#socket.writableLength > 0) this.#destroy();
    else if (!this.#socket.destroyed) this.#events.onIdle(this);
    resolve(parser.response);
  }

  #fail(error: Error): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#destroy();
    if (!exchange) return;
    exchange.signal.removeEventListener("abort", this.#onAbort);
    exchange.reject(error);
  }

  #destroy(): false {
    this.#socket.destroy();
    return false;
  }
}

function latin1Of({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("latin1");
}
