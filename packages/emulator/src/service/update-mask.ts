import type { AppEngineRouting, HttpTarget, QueueSettings, UriOverride } from "../engine/records.ts";
import { invalidArgument } from "./rpc-error.ts";

type Setting = keyof QueueSettings;

const rate: readonly Setting[] = ["maxDispatchesPerSecond", "maxBurstSize"];

/** The settings behind each field of a queue, in either version. */
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
  appEngineRoutingOverride: ["routing"],
  appEngineHttpQueue: ["routing"],
  "appEngineHttpQueue.appEngineRoutingOverride": ["routing"],
  httpTarget: ["httpTarget"],
  taskTtl: ["taskTtlMs"],
  tombstoneTtl: ["tombstoneTtlMs"],
  name: [],
  state: [],
  purgeTime: [],
  stats: [],
  type: [],
};

/** The part of an HttpTarget behind each of its fields. */
const targetParts: Readonly<Record<string, keyof HttpTarget>> = {
  uriOverride: "uri",
  httpMethod: "method",
  headerOverrides: "headers",
  oidcToken: "authorization",
  oauthToken: "authorization",
};

/** The part of a UriOverride behind each of its fields. */
const uriParts: Readonly<Record<string, keyof UriOverride>> = {
  scheme: "scheme",
  host: "host",
  port: "port",
  pathOverride: "path",
  "pathOverride.path": "path",
  queryOverride: "query",
  "queryOverride.queryParams": "query",
  uriOverrideEnforceMode: "mode",
};

const routingField = /^(?:appEngineHttpQueue\.)?appEngineRoutingOverride\.(service|version|instance|host)$/;

const noRouting: AppEngineRouting = { service: "", version: "", instance: "" };
const noTarget: HttpTarget = { uri: undefined, method: undefined, headers: [], authorization: undefined };
const noUri: UriOverride = {
  scheme: undefined,
  host: undefined,
  port: undefined,
  path: undefined,
  query: undefined,
  mode: "ALWAYS",
};

/**
 * Returns the settings of a queue after an update.
 *
 * @param current - the present settings
 * @param requested - the settings of the request, with defaults filled in
 * @param paths - the fields and sub-fields to update, in camelCase or snake_case; empty updates all
 * @throws RpcError for a path that is not a field of a queue
 */
export function applyUpdateMask(
  current: QueueSettings,
  requested: QueueSettings,
  paths: readonly string[],
): QueueSettings {
  if (paths.length === 0 || paths.includes("*")) return requested;
  return paths.reduce((settings, path) => updated(settings, requested, path), current);
}

function updated(settings: QueueSettings, requested: QueueSettings, path: string): QueueSettings {
  const field = path.trim().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const whole = Object.hasOwn(settingsOfPath, field) ? settingsOfPath[field] : undefined;
  if (whole) return { ...settings, ...Object.fromEntries(whole.map((setting) => [setting, requested[setting]])) };
  const changed = updatedRouting(settings, requested, field) ?? updatedTarget(settings, requested, field);
  if (changed) return changed;
  throw invalidArgument(`Invalid update mask: "${path}" is not a field of google.cloud.tasks.v2.Queue.`);
}

function updatedRouting(settings: QueueSettings, requested: QueueSettings, field: string): QueueSettings | undefined {
  const [, part] = routingField.exec(field) ?? [];
  if (part === "service" || part === "version" || part === "instance") {
    const routing = { ...noRouting, ...settings.routing, [part]: requested.routing?.[part] ?? "" };
    return { ...settings, routing };
  }
  // The host is output only.
  return part === undefined ? undefined : settings;
}

function updatedTarget(settings: QueueSettings, requested: QueueSettings, field: string): QueueSettings | undefined {
  const [, first = "", rest] = /^httpTarget\.([^.]+)(?:\.(.+))?$/.exec(field) ?? [];
  const part = Object.hasOwn(targetParts, first) ? targetParts[first] : undefined;
  if (part === undefined) return undefined;
  const [before, after] = [settings.httpTarget ?? noTarget, requested.httpTarget ?? noTarget];
  if (part !== "uri" || rest === undefined) return { ...settings, httpTarget: { ...before, [part]: after[part] } };
  const uriPart = Object.hasOwn(uriParts, rest) ? uriParts[rest] : undefined;
  if (uriPart === undefined) return undefined;
  const uri = { ...noUri, ...before.uri, [uriPart]: (after.uri ?? noUri)[uriPart] };
  return { ...settings, httpTarget: { ...before, uri } };
}
