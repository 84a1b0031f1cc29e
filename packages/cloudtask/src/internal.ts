/**
 * What the other packages of this project share with the library. Outside semver: not for applications.
 *
 * @module
 */
export { type BackoffPolicy, backoffMs } from "./core/backoff.ts";
export { type Duration, durationMs } from "./core/duration.ts";
export { LOCAL_LOCATION, LOCAL_PROJECT } from "./core/local.ts";
export { httpStatusOf, type RpcStatus, rpcStatusCode, rpcStatusName } from "./core/rpc-status.ts";
