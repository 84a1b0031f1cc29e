import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { discardRest, isStream } from "./_body-stream.ts";

/**
 * Has the routes of a plugin leave bodies to the worker, which reads them once it knows who calls. Where a hook of the app
 * reads along, or puts another stream in a body's place (`preParsing`), that stream is the request's `body`, unread.
 *
 * @param app - the plugin's
 */
export function leaveBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", async ({ raw }: FastifyRequest, payload: IncomingMessage) => {
    const untouched = payload === raw && payload.readableFlowing === null;
    if (untouched || payload.readableEnded) return undefined;
    payload.pause();
    // One that fails before anybody reads it, as what is not compressed does, must not end the process.
    payload.on("error", () => undefined);
    return payload;
  });
  app.addHook("onResponse", async ({ raw, body }) => {
    if (isStream(body) && !raw.readableEnded) discard(body, raw);
  });
}

/** What is left of a body would keep its connection from carrying anything else, and the app from closing. */
function discard(payload: Readable, raw: Readable): void {
  // Whatever stands between them, it takes no more of the request once it is over itself.
  for (const event of ["end", "error", "close"]) payload.once(event, () => discardRest(raw));
  discardRest(payload.destroyed ? raw : payload);
}
