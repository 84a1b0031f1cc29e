import { createRequire } from "node:module";
import type { Context, Middleware } from "koa";

type BodyParser = (options?: {
  readonly jsonLimit?: string;
  readonly onError?: (error: Error, context: Context) => void;
}) => Middleware;

/**
 * `@koa/bodyparser`, without its types: they give every `IncomingMessage` a `rawBody` of type string, the Functions Framework's
 * a Buffer, and a program that knows both compiles with neither.
 */
export const bodyParser: BodyParser = createRequire(import.meta.url)("@koa/bodyparser").bodyParser;
