import type { IncomingMessage } from "node:http";
import type { ReceivedResponse } from "./exchange.ts";

/** Bytes of a body to read at most. The body has no effect on the attempt, so the rest is not awaited. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Reads a response, up to 1 MiB of its body.
 *
 * @param keepBytes - bytes of the body to return at most
 * @throws Error if the connection closes before the end of the response
 */
export function readAnswer(response: IncomingMessage, keepBytes: number): Promise<ReceivedResponse> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const done = (): void => {
      const body = Buffer.concat(chunks).subarray(0, keepBytes);
      resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body, size });
    };
    response.on("data", (chunk: Buffer) => {
      if (size < keepBytes) chunks.push(chunk.subarray(0, keepBytes - size));
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) return;
      done();
      response.destroy();
    });
    response.on("end", done);
    response.on("error", reject);
    response.on("close", () => {
      if (!response.complete) reject(new Error("the connection closed before the answer was complete"));
    });
  });
}

/** Returns a response without a body. */
export function headOf(response: IncomingMessage): ReceivedResponse {
  return { status: response.statusCode ?? 0, headers: headersOf(response), body: new Uint8Array(), size: 0 };
}

/** Returns the headers in the case and order they were received. */
function headersOf({ rawHeaders }: IncomingMessage): [name: string, value: string][] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""]] : []));
}
