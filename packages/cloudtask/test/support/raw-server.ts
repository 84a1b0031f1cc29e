import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A server that sees and sends bytes. */
export interface RawServer {
  readonly url: string;
  /** The pieces that arrived, one string per piece with a character per byte. */
  readonly received: readonly string[];
  /** The connections, in the order in which they were opened. */
  readonly sockets: readonly Socket[];
}

/** Starts a server that calls `answer` for each piece that arrives. */
export async function rawServer(answer: (socket: Socket, piece: string) => unknown): Promise<RawServer> {
  const received: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      received.push(bytes.toString("latin1"));
      answer(socket, bytes.toString("latin1"));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, sockets };
}

/** A complete answer. */
export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
