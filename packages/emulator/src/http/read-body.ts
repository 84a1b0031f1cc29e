import type { IncomingMessage } from "node:http";
import { invalidArgument } from "../service/rpc-error.ts";

/** The limit of Google's front end. A task is far smaller, also in base64. */
const LARGEST_REQUEST = 10 * 1024 * 1024;

/**
 * Reads the body of a request.
 *
 * @throws RpcError if the body is too large; the rest of it is not read
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= LARGEST_REQUEST) return;
      request.pause();
      request.removeAllListeners("data");
      reject(invalidArgument(`Request payload size exceeds the limit: ${LARGEST_REQUEST} bytes.`));
    });
    request.on("end", () => resolve(Buffer.concat(chunks, size)));
    request.on("error", reject);
  });
}
