import type { QueueSettings } from "../engine/records.ts";
import { invalidArgument, unimplemented } from "./rpc-error.ts";

type Setting = keyof QueueSettings;

const rate: readonly Setting[] = ["maxDispatchesPerSecond", "maxBurstSize"];

const settingsOfPath: Readonly<Record<string, readonly Setting[]>> = {
  "rateLimits.maxDispatchesPerSecond": rate,
  "rateLimits.maxConcurrentDispatches": ["maxConcurrentDispatches"],
  "rateLimits.maxBurstSize": [],
  rateLimits: [...rate, "maxConcurrentDispatches"],
  "retryConfig.maxAttempts": ["maxAttempts"],
  "retryConfig.maxRetryDuration": ["maxRetryDurationMs"],
  "retryConfig.minBackoff": ["minBackoffMs"],
  "retryConfig.maxBackoff": ["maxBackoffMs"],
  "retryConfig.maxDoublings": ["maxDoublings"],
  retryConfig: ["maxAttempts", "maxRetryDurationMs", "minBackoffMs", "maxBackoffMs", "maxDoublings"],
  stackdriverLoggingConfig: ["loggingSamplingRatio"],
  "stackdriverLoggingConfig.samplingRatio": ["loggingSamplingRatio"],
  appEngineRoutingOverride: [],
  name: [],
  state: [],
  purgeTime: [],
};

/**
 * The settings of a queue after an update.
 *
 * @param current - as they are
 * @param wanted - what the request says, defaults filled in
 * @param paths - the fields to take from it, in camelCase or snake_case, sub-fields too; none means all
 * @throws RpcError for a path that is no field of a queue
 */
export function applyUpdateMask(
  current: QueueSettings,
  wanted: QueueSettings,
  paths: readonly string[],
): QueueSettings {
  if (paths.length === 0 || paths.includes("*")) return wanted;
  const taken = paths.flatMap(settingsAt).map((setting) => [setting, wanted[setting]]);
  return { ...current, ...Object.fromEntries(taken) };
}

function settingsAt(path: string): readonly Setting[] {
  const field = path.trim().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (/^httpTarget(\.|$)/.test(field)) throw unimplemented("Queue.httpTarget");
  if (/^appEngineRoutingOverride\./.test(field)) throw unimplemented("Queue.appEngineRoutingOverride");
  const settings = Object.hasOwn(settingsOfPath, field) ? settingsOfPath[field] : undefined;
  if (!settings) throw invalidArgument(`Invalid update mask: "${path}" is not a field of google.cloud.tasks.v2.Queue.`);
  return settings;
}
