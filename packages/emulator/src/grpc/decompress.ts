import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { RpcError } from "../service/rpc-error.ts";
import { LARGEST_MESSAGE } from "./message-reader.ts";

const decoders = new Map([
  ["gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
]);

/**
 * Decompresses a message.
 *
 * @param encoding - the header `grpc-encoding`
 * @throws RpcError for an unknown encoding, for bytes that cannot be decompressed, and for a message that is too large
 */
export async function decompress(bytes: Buffer, encoding: string): Promise<Buffer> {
  const decode = decoders.get(encoding);
  if (!decode) {
    throw new RpcError("UNIMPLEMENTED", `Received message compressed with unsupported encoding "${encoding}"`);
  }
  try {
    return await decode(bytes, { maxOutputLength: LARGEST_MESSAGE });
  } catch (error) {
    if (!(error instanceof RangeError)) throw new RpcError("INTERNAL", "Failed to decompress message");
    throw new RpcError(
      "RESOURCE_EXHAUSTED",
      `Received message that decompresses to a size larger than ${LARGEST_MESSAGE}`,
    );
  }
}
