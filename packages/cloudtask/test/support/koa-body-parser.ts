import { createRequire } from "node:module";
import type { Context, Middleware } from "koa";

type BodyParser = (options?: {
  readonly jsonLimit?: string;
  readonly onError?: (error: Error, context: Context) => void;
}) => Middleware;

/**
 * `@koa/bodyparser` without its types. They declare `rawBody` of every `IncomingMessage` as a string, and those of the Functions Framework
 * declare it as a Buffer, so a program with both does not compile.
 */
export const bodyParser: BodyParser = createRequire(import.meta.url)("@koa/bodyparser").bodyParser;
