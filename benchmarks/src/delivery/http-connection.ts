import { once } from "node:events";
import { connect, type Socket } from "node:net";

interface Waiting {
  readonly resolve: (status: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One kept-alive connection that takes one request at a time, ready as bytes, and reads no more of the answer than where it
 * ends: an HTTP client would take as much of the machine as what is measured.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received = "";
  #waiting: Waiting | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1").setNoDelay(true);
    socket.on("data", (chunk) => this.#take(String(chunk)));
    socket.on("close", () => this.#waiting?.reject(new Error("the connection was closed before the answer")));
    socket.on("error", (error) => this.#waiting?.reject(error));
  }

  /** @throws what the socket says where nothing listens */
  static async open(port: number): Promise<HttpConnection> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new HttpConnection(socket);
  }

  /** @returns the status of the answer */
  send(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#received = "";
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.#received += chunk;
    if (!isWhole(this.#received)) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(Number(this.#received.slice(9, 12)));
  }
}

function isWhole(received: string): boolean {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, end + 2))?.[1];
  if (length === undefined) return received.endsWith("0\r\n\r\n");
  return received.length >= end + 4 + Number(length);
}
