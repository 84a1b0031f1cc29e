import type { Socket } from "node:net";

/** What the clients of the one port speak. */
export type Protocol = "HTTP/1" | "HTTP/2";

/** What a client of HTTP/2 sends first where it knows that the server speaks it. Source: RFC 9113, 3.4. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** What Node's own server says to a client that does not send its request in time. */
const TOO_LATE = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n";

/**
 * Tells what a client speaks from the first bytes that it sends. They stay in the socket for whoever reads it next. There is
 * no listener for `data`, because a socket that ever flowed is none that HTTP/2 can take over.
 *
 * @param socket - just accepted
 * @param patienceMs - how long the client may take
 * @returns undefined where the client went away first, or took longer; the socket is closed then
 */
export function detectProtocol(socket: Socket, patienceMs: number): Promise<Protocol | undefined> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    const settle = (protocol?: Protocol): void => {
      clearTimeout(timer);
      socket.off("readable", read).off("end", giveUp).off("close", gone).off("error", ignore);
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
    const gone = (): void => settle();
    const giveUp = (): void => {
      socket.destroySoon();
    };
    const timer = setTimeout(() => {
      socket.write(TOO_LATE);
      giveUp();
    }, patienceMs).unref();
    socket.on("readable", read).on("end", giveUp).on("close", gone).on("error", ignore);
  });
}

/** @returns undefined while the bytes are still the beginning of a preface */
function recognize(bytes: Buffer): Protocol | undefined {
  const known = Math.min(bytes.length, PREFACE.length);
  if (bytes.compare(PREFACE, 0, known, 0, known) !== 0) return "HTTP/1";
  return known === PREFACE.length ? "HTTP/2" : undefined;
}

/** `close` follows an error, and says all there is to do. */
function ignore(): void {}
