/**
 * The parts of the library that `@cloudtask/cli` is built on, besides `cloudtask/internal`. Outside semver: not for applications. It
 * shares its modules with the rest of the library, since a client is known only to the copy that created it.
 *
 * @module
 */
import { createHttpSender as createSender } from "#http";
import type { HttpSender, HttpSenderOptions } from "./core/http-sender.ts";

export { defaultToken } from "./auth/default-token.ts";
export { createMetadataServer } from "./auth/metadata-server.ts";
export { createTokenCache, type TokenCache } from "./auth/token-cache.ts";
export type { TokenSource } from "./auth/token-source.ts";
export { type ClientDescription, describeClient } from "./client/describe-client.ts";
export type { QueueUse } from "./client/queues/queue-uses.ts";
export { transportOf } from "./client/transport-of.ts";
export type { HttpResponse, HttpSender } from "./core/http-sender.ts";
export { PING_TASK } from "./core/ping.ts";
export type { TaskClient } from "./execution/registry.ts";

/** Creates the sender of this runtime. Not exported from `#http`, which the published declarations cannot resolve. */
export const createHttpSender: (options?: HttpSenderOptions) => HttpSender = createSender;
