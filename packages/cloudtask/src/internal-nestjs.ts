/**
 * The parts of the library that `@cloudtask/nestjs` is built on. Outside semver: not for applications. Unlike `cloudtask/internal`
 * it shares its modules with the rest of the library, since a client is known only to the copy that created it.
 *
 * @module
 */
export { checkBoolean, rejectUnknownOptions } from "./core/check-options.ts";
export { durationMs } from "./core/duration.ts";
export { errorMessage } from "./core/error-message.ts";
export { dispose } from "./dependencies/dispose.ts";
export { registryOf } from "./execution/registry.ts";
export { logOf } from "./execution/registry-log.ts";
export { outcomeResponse } from "./worker/outcome-response.ts";
export { DEFAULT_GRACE_MS, isWorker } from "./worker/worker.ts";
export { resolveWorkerOptions } from "./worker/worker-options.ts";
