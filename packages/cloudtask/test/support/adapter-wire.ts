import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";

/** An answer on the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A connection on which the suite controls each byte, unlike with an HTTP client. */
export class Wire {
  readonly #socket: Socket;
  readonly #incoming: AsyncIterator<Buffer>;
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#incoming = socket[Symbol.asyncIterator]();
  }

  static open(origin: string): Promise<Wire> {
    const { hostname, port } = new URL(origin);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.setNoDelay(true);
      socket.once("error", reject);
      socket.once("connect", () => resolve(new Wire(socket)));
    });
  }

  /** Sends bytes. Resolves once the system has accepted them, or the other side has disconnected. */
  send(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** Returns the next answer, including those with a status of 1xx. Rejects if the connection ends before. */
  async answer(to: "GET" | "HEAD" | "POST" = "POST"): Promise<WireAnswer> {
    const head = await this.#until("\r\n\r\n");
    const [line = "", ...fields] = head.split("\r\n");
    const headers = new Headers(fields.filter(Boolean).map((field) => splitAt(field, ":")));
    const status = Number(line.split(" ")[1]);
    const empty = status < 200 || status === 204 || to === "HEAD";
    return { status, headers, text: empty ? "" : (await this.#body(headers)).toString("utf8") };
  }

  /** Ends this side of the connection. */
  finish(): void {
    this.#socket.end();
  }

  /** Resolves once the other side has closed the connection. */
  async ended(): Promise<void> {
    while (await this.#more());
  }

  hangUp(): void {
    this.#socket.destroy();
  }

  async #body(headers: Headers): Promise<Buffer> {
    const length = headers.get("Content-Length");
    if (length !== null) return this.#take(Number(length));
    if (headers.get("Transfer-Encoding") === "chunked") return this.#chunks();
    await this.ended();
    return this.#take(this.#received.length);
  }

  async #chunks(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (;;) {
      const size = Number.parseInt(await this.#until("\r\n"), 16);
      const chunk = await this.#take(size);
      await this.#until("\r\n");
      if (size === 0) return Buffer.concat(chunks);
      chunks.push(chunk);
    }
  }

  /** Returns the text before a mark, and consumes the mark. */
  async #until(mark: string): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf(mark);
      if (end >= 0) return (await this.#take(end + mark.length)).toString("latin1").slice(0, -mark.length);
      await this.#requireMore();
    }
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#received.length < length) await this.#requireMore();
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async #requireMore(): Promise<void> {
    if (!(await this.#more())) throw new Error(`the connection ended after ${JSON.stringify(String(this.#received))}`);
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#incoming.next().catch(() => ({ done: true as const, value: undefined }));
    if (done || value === undefined) return false;
    this.#received = Buffer.concat([this.#received, value]);
    return true;
  }
}

/** Returns the head of a request, with the host and the suite's secret. Each header is one line. */
export function headOf(headers: readonly string[], line = "POST /tasks/run HTTP/1.1"): string {
  const fixed = ["Host: worker.test", "Content-Type: application/json", "X-CloudTask-Secret: s3cret-key"];
  return `${[line, ...fixed, ...headers].join("\r\n")}\r\n\r\n`;
}

/** Returns a request with a Content-Length. */
export function requestOf(body: unknown, ...headers: readonly string[]): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return headOf([...headers, `Content-Length: ${Buffer.byteLength(text)}`]) + text;
}

/** Returns bytes as one chunk of a chunked body. The empty chunk ends it. */
export function chunkOf(bytes: string | Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes);
  return Buffer.concat([Buffer.from(`${buffer.length.toString(16)}\r\n`), buffer, Buffer.from("\r\n")]);
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + 1).trim()];
}
