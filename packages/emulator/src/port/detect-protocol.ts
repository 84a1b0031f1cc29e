import type { Socket } from "node:net";

/** The protocols that clients of the port may use. */
export type Protocol = "HTTP/1" | "HTTP/2";

/** The connection preface of HTTP/2 with prior knowledge. Source: RFC 9113, 3.4. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** The response of Node's own server to a client that sends its request too slowly. */
const REQUEST_TIMEOUT = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n";

/**
 * Detects the protocol of a connection from its first bytes, which stay in the socket for the next reader. Listens for
 * `readable`, not for `data`: HTTP/2 cannot take over a socket that has been in flowing mode.
 *
 * @param socket - a newly accepted socket
 * @param timeoutMs - how long the client may take to send its first bytes
 * @returns undefined if the client disconnected or exceeded the timeout; the socket is closed then
 */
export function detectProtocol(socket: Socket, timeoutMs: number): Promise<Protocol | undefined> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    const settle = (protocol?: Protocol): void => {
      clearTimeout(timer);
      socket.off("readable", read).off("end", close).off("close", closed).off("error", ignore);
      if (protocol) socket.unshift(bytes);
      resolve(protocol);
    };
    const read = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (!chunk) return;
      bytes = bytes.length > 0 ? Buffer.concat([bytes, chunk]) : chunk;
      const protocol = recognize(bytes);
      if (protocol) settle(protocol);
    };
    const closed = (): void => settle();
    const close = (): void => {
      socket.destroySoon();
    };
    const timer = setTimeout(() => {
      socket.write(REQUEST_TIMEOUT);
      close();
    }, timeoutMs).unref();
    socket.on("readable", read).on("end", close).on("close", closed).on("error", ignore);
  });
}

/** @returns undefined while the bytes are an incomplete preface */
function recognize(bytes: Buffer): Protocol | undefined {
  const compared = Math.min(bytes.length, PREFACE.length);
  if (bytes.compare(PREFACE, 0, compared, 0, compared) !== 0) return "HTTP/1";
  return compared === PREFACE.length ? "HTTP/2" : undefined;
}

/** An error needs no handling: `close` follows it. */
function ignore(): void {}
