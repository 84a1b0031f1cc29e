import { type Address, type ConnectionEvents, HttpConnection } from "./http-connection.ts";

/**
 * Milliseconds after which an idle connection is closed. Servers close idle connections too: gunicorn after 2 s, Node after 5 s.
 * Closing earlier avoids most requests over a connection that the server is just closing.
 */
const IDLE_CONNECTION_MS = 1_000;

/** Idle connections to one origin at most. */
const MAX_IDLE = 256;

/** TLS sessions to keep at most. */
const MAX_SESSIONS = 100;

/** The connections to one origin. */
interface OriginConnections extends ConnectionEvents {
  readonly key: string;
  /** The connection that was used last is at the end. */
  readonly idle: HttpConnection[];
  /** The number of connections, idle or not. */
  open: number;
}

/** Keeps connections open between requests. */
export class ConnectionPool {
  readonly #origins = new Map<string, OriginConnections>();
  readonly #all = new Set<HttpConnection>();
  /** The last TLS session of each origin. With it, the next connection needs no complete handshake. */
  readonly #sessions = new Map<string, Buffer>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * Returns a connection that carries no request.
   *
   * @param key - identifies the origin and its address
   * @param address - called if a new connection is needed
   * @param mayReuse - whether the connection may come from an earlier request
   */
  connection(key: string, address: () => Address, mayReuse: boolean): HttpConnection {
    const origin = this.#origins.get(key) ?? this.#addOrigin(key);
    return (mayReuse && takeIdle(origin)) || this.#open(origin, address());
  }

  /** Closes all connections. */
  close(): void {
    for (const connection of this.#all) connection.close();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #open(origin: OriginConnections, { host, port, tls }: Address): HttpConnection {
    const session = this.#sessions.get(origin.key);
    const connection = new HttpConnection({ host, port, tls: tls && { ...tls, ...(session && { session }) } }, origin);
    this.#all.add(connection);
    origin.open += 1;
    if (tls) connection.onSession((next) => this.#keepSession(origin.key, next));
    return connection;
  }

  #addOrigin(key: string): OriginConnections {
    const idle: HttpConnection[] = [];
    const origin: OriginConnections = {
      key,
      idle,
      open: 0,
      onIdle: (connection) => {
        connection.idleSince = performance.now();
        if (idle.length >= MAX_IDLE) connection.close();
        else idle.push(connection);
        this.#timer ??= this.#nextSweep(IDLE_CONNECTION_MS);
      },
      onClose: (connection) => {
        this.#all.delete(connection);
        const at = idle.indexOf(connection);
        if (at >= 0) idle.splice(at, 1);
        origin.open -= 1;
        if (origin.open === 0) this.#origins.delete(key);
      },
    };
    this.#origins.set(key, origin);
    return origin;
  }

  #keepSession(key: string, session: Buffer): void {
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
  }

  /** One timer serves all connections. */
  #nextSweep(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#sweep(), ms).unref();
  }

  #sweep(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { idle } of this.#origins.values()) {
      // The connections are in order of their last use.
      while (idle[0] && remainingMs(idle[0]) <= 0) idle.shift()?.close();
      if (idle[0]) next = Math.min(next, remainingMs(idle[0]));
    }
    this.#timer = next === Number.POSITIVE_INFINITY ? undefined : this.#nextSweep(next);
  }
}

function takeIdle({ idle }: OriginConnections): HttpConnection | undefined {
  for (let connection = idle.pop(); connection; connection = idle.pop()) {
    if (connection.isOpen && remainingMs(connection) > 0) return connection;
    connection.close();
  }
  return undefined;
}

/** Returns the milliseconds for which an idle connection can still be used. */
function remainingMs({ idleSince, keepAliveMs = IDLE_CONNECTION_MS }: HttpConnection): number {
  return idleSince + Math.min(keepAliveMs, IDLE_CONNECTION_MS) - performance.now();
}
