import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { discardRest, isStream } from "./_body-stream.ts";

/**
 * Leaves the bodies of a plugin's routes unread, because the worker reads them only after authentication. If a `preParsing` hook
 * of the app observes the body or replaces it with another stream, that stream becomes the request's `body`.
 */
export function leaveBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // With callbacks, because Fastify waits for a promise in each of them.
  app.addContentTypeParser("*", ({ raw }: FastifyRequest, payload: IncomingMessage, done) => {
    const untouched = payload === raw && payload.readableFlowing === null;
    if (untouched || payload.readableEnded) return done(null);
    payload.pause();
    // An error before the first read, for example of data that is not compressed, must not crash the process.
    payload.on("error", () => undefined);
    done(null, payload);
  });
  app.addHook("onResponse", ({ raw, body }, _, done) => {
    if (isStream(body) && !raw.readableEnded) discard(body, raw);
    done();
  });
}

/**
 * Reads and drops the rest of a body. An unread rest would block its connection for other requests, and keep the app from
 * closing.
 */
function discard(payload: Readable, raw: Readable): void {
  // Streams between the two stop reading the request when they end.
  for (const event of ["end", "error", "close"]) payload.once(event, () => discardRest(raw));
  discardRest(payload.destroyed ? raw : payload);
}
