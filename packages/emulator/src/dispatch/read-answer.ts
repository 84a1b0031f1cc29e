import type { IncomingMessage } from "node:http";
import type { ReceivedResponse } from "./exchange.ts";

/** Of an answer's body nothing is used: more than this is not waited for. */
const LARGEST_ANSWER = 1024 * 1024;

/**
 * Reads an answer to its end, as far as that is waited for.
 *
 * @param keep - how many bytes of the body to hand over
 * @throws Error where it breaks off
 */
export function readAnswer(response: IncomingMessage, keep: number): Promise<ReceivedResponse> {
  const kept: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const done = (): void => {
      const body = Buffer.concat(kept).subarray(0, keep);
      resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body, size });
    };
    response.on("data", (chunk: Buffer) => {
      if (size < keep) kept.push(chunk.subarray(0, keep - size));
      size += chunk.length;
      if (size <= LARGEST_ANSWER) return;
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

/** The head of an answer that has no body of its own. */
export function headOf(response: IncomingMessage): ReceivedResponse {
  return { status: response.statusCode ?? 0, headers: headersOf(response), body: new Uint8Array(), size: 0 };
}

/** As they were sent, in their order. */
function headersOf({ rawHeaders }: IncomingMessage): [name: string, value: string][] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""]] : []));
}
