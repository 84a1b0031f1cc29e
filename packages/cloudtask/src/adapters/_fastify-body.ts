import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";

/**
 * A content type parser that leaves a body to the worker, which reads it once it knows who calls. Where a hook of the app
 * reads along, or put another stream in its place (`preParsing`), what that brings is read now, before it is gone.
 *
 * @param most - how many bytes the worker takes, by default as many as any worker
 * @returns what Fastify takes for a parser: of what a hook has touched it gives the bytes, or enough of them to be refused
 */
export function fastifyBody(
  most = 1_048_576,
): (request: FastifyRequest, payload: IncomingMessage) => Promise<Uint8Array | undefined> {
  return async ({ raw }, payload) => {
    const untouched = payload === raw && payload.readableFlowing === null;
    return untouched || payload.readableEnded ? undefined : collect(payload, most);
  };
}

async function collect(payload: AsyncIterable<Uint8Array | string>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of payload) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    chunks.push(bytes);
    if (size > most) break;
  }
  return Buffer.concat(chunks);
}
