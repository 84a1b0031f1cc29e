import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { RpcError } from "../service/rpc-error.ts";
import { callTimeout } from "./call-timeout.ts";
import { decompress } from "./decompress.ts";
import { errorTrailers } from "./error-trailers.ts";
import { MessageReader, prefixed, type SentMessage } from "./message-reader.ts";

const RESPONSE_HEADERS: OutgoingHttpHeaders = {
  ":status": 200,
  "content-type": "application/grpc+proto",
  "grpc-accept-encoding": "identity,deflate,gzip",
  "grpc-encoding": "identity",
};

const OK: OutgoingHttpHeaders = { "grpc-status": 0, "grpc-message": "OK" };

/** Receives the messages of a call. */
export interface CallReader {
  /** Called for each message, in order. The bytes are those of the connection's buffer: copy those that you keep. */
  message(bytes: Buffer): void;
  /** Called after the last message. */
  end(): void;
}

/** Answers a call of one method. An error that it throws ends the call. */
export type CallHandler = (call: GrpcCall) => CallReader;

/** One call: a stream of HTTP/2 with length-prefixed messages in both directions, and a status in the trailers. */
export class GrpcCall {
  readonly #stream: ServerHttp2Stream;
  readonly #socket: Socket;
  readonly #encoding: string;
  readonly #messages = new MessageReader();
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;
  /** Pending while a compressed message is decompressed. The messages after it wait. */
  #decompressing: Promise<void> | undefined;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, socket: Socket) {
    this.#stream = stream;
    this.#socket = socket;
    this.#encoding = String(headers["grpc-encoding"] ?? "identity");
  }

  /**
   * Ends the call with DEADLINE_EXCEEDED after the time in a header `grpc-timeout`.
   *
   * @throws RpcError if the header is invalid
   */
  limit(timeout: string): void {
    const end = (): void => this.fail(new RpcError("DEADLINE_EXCEEDED", "Deadline exceeded"));
    this.#timer = setTimeout(end, callTimeout(timeout)).unref();
    this.#stream.on("close", () => clearTimeout(this.#timer));
  }

  /** Begins to read. */
  read(reader: CallReader): void {
    this.#stream.on("data", (chunk: Buffer) => this.#receive(chunk, reader));
    this.#stream.on("end", () => this.#inOrder(() => reader.end()));
  }

  /** Sends a message. */
  send(message: Uint8Array): void {
    if (this.#isOver) return;
    if (!this.#stream.headersSent) this.#stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
    this.#stream.write(prefixed(message));
  }

  /** Sends the last message and the status OK. */
  answer(message: Uint8Array): void {
    if (this.#isOver) return;
    this.#stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
    this.#end(OK, prefixed(message));
  }

  /** Ends the call with the status OK. */
  end(): void {
    if (!this.#isOver) this.#end(OK);
  }

  /** Ends the call with an error. */
  fail(error: unknown): void {
    if (!this.#isOver) this.#end(errorTrailers(error));
  }

  /** Closes the connection without an answer. */
  dropConnection(): void {
    this.#socket.destroy();
  }

  /** Whether nothing can be sent any more. */
  get #isOver(): boolean {
    return this.#hasEnded || this.#stream.destroyed || this.#stream.closed;
  }

  #end(trailers: OutgoingHttpHeaders, message?: Buffer): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    if (this.#stream.headersSent) {
      this.#stream.on("wantTrailers", () => this.#stream.sendTrailers(trailers));
      this.#stream.end(message);
    } else {
      this.#stream.respond(
        { ":status": 200, "content-type": "application/grpc+proto", ...trailers },
        { endStream: true },
      );
    }
    // Unread data would keep the stream open.
    if (!this.#stream.readableEnded) this.#stream.resume();
  }

  #receive(chunk: Buffer, reader: CallReader): void {
    if (this.#isOver) return;
    try {
      for (const message of this.#messages.read(chunk)) {
        if (message.isCompressed && this.#encoding !== "identity") this.#decompress(message, reader);
        else if (this.#decompressing) this.#inOrder(() => reader.message(message.bytes));
        else reader.message(message.bytes);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  #decompress({ bytes }: SentMessage, reader: CallReader): void {
    const before = this.#decompressing;
    const work = async (): Promise<void> => {
      const message = await decompress(bytes, this.#encoding);
      await before;
      this.#try(() => reader.message(message));
    };
    this.#decompressing = work().catch((error: unknown) => this.fail(error));
  }

  #inOrder(action: () => void): void {
    if (this.#decompressing) void this.#decompressing.then(() => this.#try(action));
    else this.#try(action);
  }

  #try(action: () => void): void {
    if (this.#isOver) return;
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }
}
