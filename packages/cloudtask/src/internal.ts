/**
 * The parts of the library that the other packages of this project share. Outside semver: not for applications.
 *
 * @module
 */

export { type BackoffPolicy, backoffMs } from "./core/backoff.ts";
export { type CheckedQueue, type CheckedQueues, checkQueue, checkQueues, expandShards } from "./core/check-queues.ts";
export { isDeadLetterHeader, readDeadLetterHeaders, withoutDeadLetterHeaders } from "./core/dead-letter-headers.ts";
export { type Duration, durationMs } from "./core/duration.ts";
export { errorMessage } from "./core/error-message.ts";
export { QUEUES_HEADER, SECRET_HEADER_MARK } from "./core/headers.ts";
export { LOCAL_LOCATION, LOCAL_PROJECT } from "./core/local-project.ts";
export { LONGEST_TIMER_MS } from "./core/longest-timer.ts";
export { printableText } from "./core/printable.ts";
export type { QueueRouting, QueueSettings, QueueSettingsInput, Queues, QueueTarget } from "./core/queue-settings.ts";
export { type Rate, rateInput, ratePerSecond } from "./core/rate.ts";
export { redrivenHeaders, redrivenTaskId } from "./core/redriven.ts";
export type { RetrySettings } from "./core/retry-settings.ts";
export { httpStatusOf, type RpcStatus, rpcStatusCode, rpcStatusName } from "./core/rpc-status.ts";
export { optionPosition, type SettingPosition } from "./core/setting-position.ts";
export { withoutTaskLabel } from "./core/task-label.ts";
export { VERSION } from "./core/version.ts";
export { readYaml, type YamlFile, type YamlLibrary } from "./core/yaml-file.ts";
