import { once } from "node:events";
import { connect, type Socket } from "node:net";

interface PendingResponse {
  readonly resolve: (status: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A keep-alive connection that sends one encoded request at a time, and reads only the status and the end of each response.
 * An ordinary HTTP client would use as much CPU as the measured emulator.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received = "";
  #pending: PendingResponse | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1").setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(String(chunk)));
    socket.on("close", () => this.#pending?.reject(new Error("the connection was closed before the response")));
    socket.on("error", (error) => this.#pending?.reject(error));
  }

  /** @throws the socket's error if no server listens on the port */
  static async open(port: number): Promise<HttpConnection> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new HttpConnection(socket);
  }

  /** @returns the HTTP status of the response */
  send(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#received = "";
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#pending = undefined;
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    this.#received += chunk;
    if (!isComplete(this.#received)) return;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve(Number(this.#received.slice(9, 12)));
  }
}

function isComplete(received: string): boolean {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, end + 2))?.[1];
  if (length === undefined) return received.endsWith("0\r\n\r\n");
  return received.length >= end + 4 + Number(length);
}
