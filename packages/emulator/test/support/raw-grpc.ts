import { once } from "node:events";
import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { create, type DescMethod, type MessageInitShape, toBinary } from "@bufbuild/protobuf";

/** The end of a call as it arrived. Without a message, the headers contain the status. */
export interface RawAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The bytes of a message with its prefix. */
export function framed(message: Uint8Array, isCompressed = false): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = isCompressed ? 1 : 0;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** The bytes of a request. */
export function bytesOf<Method extends DescMethod>(
  method: Method,
  init: MessageInitShape<Method["input"]>,
): Uint8Array {
  return toBinary(method.input, create(method.input as Method["input"], init));
}

/** Makes one call with headers and bytes that no client library sends. */
export async function rawCall(
  { url }: { readonly url: string },
  headers: OutgoingHttpHeaders,
  ...data: readonly Uint8Array[]
): Promise<RawAnswer> {
  const session = connect(url);
  try {
    const stream = session.request({
      ":method": "POST",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    for (const part of data) stream.write(part);
    stream.end();
    let trailers: IncomingHttpHeaders = {};
    stream.on("trailers", (received) => {
      trailers = received;
    });
    const [answer] = (await once(stream, "response")) as [IncomingHttpHeaders];
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return { headers: answer, trailers, body: Buffer.concat(chunks) };
  } finally {
    session.destroy();
  }
}
