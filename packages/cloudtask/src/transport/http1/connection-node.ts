import type { Socket } from "node:net";
import type { HttpRequest, HttpResponse } from "../../core/http-sender.ts";
import { ResponseReader } from "./response-reader-node.ts";

/** The memory that a socket reads into. */
interface ReadInto {
  readonly buffer: Uint8Array;
  /** Called with the number of bytes. Returns `true` to read on. */
  readonly callback: (bytes: number) => boolean;
}

/** Opens the sockets to one origin. */
export interface SocketSource {
  open(onread: ReadInto): Socket;
  /** The event of a socket that can send. */
  readonly readyEvent: "connect" | "secureConnect";
}

/** The pool that owns a connection. */
export interface ConnectionOwner {
  /** Called when an answer is complete. The connection can send another request, unless `idleMs` is 0. */
  onAnswer(connection: Connection, idleMs: number): void;
  /** Called once, when the connection must not be used any more. The request in progress has failed, if there is one. */
  onEnd(connection: Connection, failed: boolean): void;
}

/** A request with the functions that settle its promise. */
export interface Exchange {
  readonly request: HttpRequest;
  resolve(response: HttpResponse): void;
  reject(reason: unknown): void;
}

const READ_BYTES = 16 * 1024;

/** One connection, which sends one request at a time. An idle connection does not keep the process alive. */
export class Connection {
  /** The end of its idle time, on the monotonic clock. */
  idleUntilMs = 0;
  /** `true` if it has answered a request before. */
  isReused = false;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #reader = new ResponseReader();
  #exchange: Exchange | undefined;
  #isReady = false;
  #hasEnded = false;
  readonly #abort = (): void => this.#fail(this.#exchange?.request.signal.reason);

  constructor(owner: ConnectionOwner, source: SocketSource) {
    this.#owner = owner;
    // The stream's own buffers would be allocated anew for each answer.
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    this.#socket = source.open({
      buffer,
      callback: (bytes) => {
        this.#read(buffer.subarray(0, bytes));
        return true;
      },
    });
    // Writes are small and complete, so waiting for more to send would only delay them.
    this.#socket.setNoDelay(true);
    this.#socket.setKeepAlive(true, 1_000);
    this.#socket.once(source.readyEvent, () => this.#notifyOfConnection());
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("end", () => this.#endAnswer());
    this.#socket.on("close", () => this.#fail(hangUp()));
  }

  /** Sends a request: its head and its body in one write. */
  send(exchange: Exchange, bytes: string | Buffer): void {
    this.#exchange = exchange;
    exchange.request.signal.addEventListener("abort", this.#abort);
    if (this.isReused) this.#socket.ref();
    if (this.#isReady) exchange.request.onConnection?.();
    this.#socket.write(bytes, "latin1");
  }

  /** Closes the connection. The request in progress fails, if there is one. */
  destroy(): void {
    this.#fail(hangUp());
  }

  #notifyOfConnection(): void {
    this.#isReady = true;
    this.#exchange?.request.onConnection?.();
  }

  #read(bytes: Buffer): void {
    try {
      // Without a request, the bytes would be taken for the answer to the next one.
      if (this.#exchange === undefined) this.destroy();
      else this.#answer(this.#reader.read(bytes));
    } catch (error) {
      this.#fail(error);
    }
  }

  #endAnswer(): void {
    if (this.#exchange !== undefined) this.#answer(this.#reader.end());
    this.#fail(hangUp());
  }

  #answer(read: ReturnType<ResponseReader["read"]>): void {
    if (read === undefined) return;
    const exchange = this.#takeExchange();
    // A server can answer before it has read the whole request. The next request would be taken for the rest of this one.
    const isReusable = read.idleMs > 0 && this.#socket.writableLength === 0;
    this.isReused = true;
    if (isReusable) {
      this.#socket.unref();
      this.#owner.onAnswer(this, read.idleMs);
    } else this.#end(false);
    exchange?.resolve(read.response);
  }

  #fail(reason: unknown): void {
    if (this.#hasEnded) return;
    const exchange = this.#takeExchange();
    this.#end(exchange !== undefined);
    exchange?.reject(reason);
  }

  #takeExchange(): Exchange | undefined {
    const exchange = this.#exchange;
    exchange?.request.signal.removeEventListener("abort", this.#abort);
    this.#exchange = undefined;
    return exchange;
  }

  #end(failed: boolean): void {
    this.#hasEnded = true;
    this.#socket.destroy();
    this.#owner.onEnd(this, failed);
  }
}

function hangUp(): Error {
  return Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
}
