import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { errorMessage } from "cloudtask/internal";
import { lateBuiltin } from "../late-builtins.ts";
import { invalidArgument, type RpcError } from "../service/rpc-error.ts";
import { HttpError } from "./http-error.ts";

/** The limit of Google's front end. A task is far smaller, also in base64. */
const LARGEST_REQUEST = 10 * 1024 * 1024;

/**
 * Reads the body of a request and decompresses it.
 *
 * @throws RpcError if the body is too large, also after decompression, or has an unknown encoding; the rest of it is not read
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  const { "content-encoding": encoding = "identity" } = request.headers;
  return encoding === "identity" ? readAll(request) : readEncoded(request, encoding.trim().toLowerCase());
}

async function readEncoded(request: IncomingMessage, encoding: string): Promise<Buffer> {
  if (!["identity", "gzip", "x-gzip"].includes(encoding)) {
    throw new HttpError(415, `The Content-Encoding ${JSON.stringify(encoding)} is not supported; use gzip or none.`);
  }
  const body = await readAll(request);
  return encoding === "identity" ? body : unzipped(body);
}

async function unzipped(body: Buffer): Promise<Buffer> {
  try {
    return await promisify(lateBuiltin("node:zlib").gunzip)(body, { maxOutputLength: LARGEST_REQUEST });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw invalidArgument(`The body is not valid gzip: ${errorMessage(error)}`);
  }
}

function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= LARGEST_REQUEST) return;
      request.pause();
      request.removeAllListeners("data");
      reject(tooLarge());
    });
    request.on("end", () => resolve(joined(chunks, size)));
    request.on("error", reject);
  });
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks, size);
}

function tooLarge(): RpcError {
  return invalidArgument(`Request payload size exceeds the limit: ${LARGEST_REQUEST} bytes.`);
}
