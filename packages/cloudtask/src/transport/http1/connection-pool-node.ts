import type { HttpRequest, HttpResponse } from "../../core/http-sender.ts";
import { MAX_CONNECTIONS } from "../connection-slots.ts";
import { Connection, type Exchange, type SocketSource } from "./connection-node.ts";

/** A request that waits for a connection. */
interface Waiter {
  readonly exchange: Exchange;
  readonly bytes: string | Buffer;
  readonly stopListening: () => void;
}

/**
 * The persistent connections to one origin. A request uses the connection that was used last: the server is least likely to have
 * closed it, and the extra connections of a burst become idle and close.
 */
export class ConnectionPool {
  readonly #source: SocketSource;
  /** The one that was used last is at the end. */
  readonly #idle: Connection[] = [];
  readonly #waiting: Waiter[] = [];
  #open = 0;
  #isClosed = false;
  #sweep: ReturnType<typeof setTimeout> | undefined;

  constructor(source: SocketSource) {
    this.#source = source;
  }

  /**
   * Sends a request on a connection of its own.
   *
   * @param bytes - the head and the body; a string has one character per byte
   */
  exchange(request: HttpRequest, bytes: string | Buffer): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      request.signal.throwIfAborted();
      const exchange = { request, resolve, reject };
      const idle = this.#takeIdle();
      if (idle !== undefined) idle.send(exchange, bytes);
      else if (this.#open < MAX_CONNECTIONS) this.#sendOnNew(exchange, bytes);
      else this.#wait(exchange, bytes);
    });
  }

  /** Closes idle connections, and from now on each connection after its answer. */
  close(): void {
    this.#isClosed = true;
    this.#closeIdle();
  }

  onAnswer(connection: Connection, idleMs: number): void {
    const next = this.#nextWaiter();
    if (next !== undefined) connection.send(next.exchange, next.bytes);
    else if (this.#isClosed) connection.destroy();
    else this.#keep(connection, idleMs);
  }

  #keep(connection: Connection, idleMs: number): void {
    connection.idleUntilMs = performance.now() + idleMs;
    this.#idle.push(connection);
    this.#sweep ??= setTimeout(() => this.#closeExpired(), idleMs).unref();
  }

  onEnd(connection: Connection, failed: boolean): void {
    this.#open -= 1;
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    // If one connection broke unnoticed, the others probably did too.
    if (failed && connection.isReused) this.#closeIdle();
    const next = this.#nextWaiter();
    if (next !== undefined) this.#sendOnNew(next.exchange, next.bytes);
  }

  #sendOnNew(exchange: Exchange, bytes: string | Buffer): void {
    try {
      const connection = new Connection(this, this.#source);
      this.#open += 1;
      connection.send(exchange, bytes);
    } catch (error) {
      exchange.reject(error);
    }
  }

  #takeIdle(): Connection | undefined {
    const connection = this.#idle.pop();
    if (connection === undefined || connection.idleUntilMs > performance.now()) return connection;
    connection.destroy();
    return this.#takeIdle();
  }

  #wait(exchange: Exchange, bytes: string | Buffer): void {
    const { signal } = exchange.request;
    const abort = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      waiter.stopListening();
      exchange.reject(signal.reason);
    };
    const waiter = { exchange, bytes, stopListening: () => signal.removeEventListener("abort", abort) };
    signal.addEventListener("abort", abort);
    this.#waiting.push(waiter);
  }

  #nextWaiter(): Waiter | undefined {
    const next = this.#waiting.shift();
    next?.stopListening();
    return next;
  }

  #closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  #closeExpired(): void {
    this.#sweep = undefined;
    const nowMs = performance.now();
    for (const connection of [...this.#idle]) if (connection.idleUntilMs <= nowMs) connection.destroy();
    const nextMs = Math.min(...this.#idle.map(({ idleUntilMs }) => idleUntilMs));
    if (this.#idle.length > 0) this.#sweep = setTimeout(() => this.#closeExpired(), nextMs - nowMs).unref();
  }
}
