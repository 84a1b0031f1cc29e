import { RpcError } from "../service/rpc-error.ts";

/** The bytes before each message: a flag for compression, and the length of the message. */
const PREFIX = 5;

/** The limit of Google's front end, in bytes. */
export const LARGEST_MESSAGE: number = 10 * 1024 * 1024;

/** A message as it was sent. */
export interface SentMessage {
  readonly isCompressed: boolean;
  readonly bytes: Buffer;
}

/**
 * Finds the messages in the data of a call. The parts of a message can be split anywhere.
 *
 * Source: "Length-Prefixed-Message" in https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export class MessageReader {
  #chunks: Buffer[] = [];
  #size = 0;
  /** The number of bytes up to which reading makes no progress: those of a prefix, or of a prefix and its message. */
  #needed = PREFIX;

  /** @throws RpcError RESOURCE_EXHAUSTED for a message that is too large */
  read(chunk: Buffer): readonly SentMessage[] {
    // Most calls have one message, in one chunk.
    const isWhole = this.#size === 0 && chunk.length >= PREFIX && chunk.length === PREFIX + lengthIn(chunk);
    return isWhole ? [messageIn(chunk, chunk.length)] : this.#readParts(chunk);
  }

  #readParts(chunk: Buffer): SentMessage[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const messages: SentMessage[] = [];
    while (this.#size >= this.#needed) {
      const bytes = this.#joined();
      const end = PREFIX + lengthIn(bytes);
      const isWhole = bytes.length >= end;
      if (isWhole) messages.push(messageIn(bytes, end));
      this.#keep(isWhole ? bytes.subarray(end) : bytes);
      this.#needed = isWhole ? PREFIX : end;
    }
    return messages;
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    return first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#size);
  }

  #keep(bytes: Buffer): void {
    this.#chunks = bytes.length > 0 ? [bytes] : [];
    this.#size = bytes.length;
  }
}

function messageIn(bytes: Buffer, end: number): SentMessage {
  return { isCompressed: bytes[0] === 1, bytes: bytes.subarray(PREFIX, end) };
}

function lengthIn(bytes: Buffer): number {
  const length = bytes.readUInt32BE(1);
  if (length <= LARGEST_MESSAGE) return length;
  throw new RpcError("RESOURCE_EXHAUSTED", `Received message larger than max (${length} vs ${LARGEST_MESSAGE})`);
}

/** Returns a message with its prefix. */
export function prefixed(message: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(PREFIX + message.length);
  bytes[0] = 0;
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, PREFIX);
  return bytes;
}
