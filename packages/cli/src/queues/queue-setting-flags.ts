import type { OneQueueSettings } from "cloudtask/admin";
import { checkQueue, type SettingPosition } from "cloudtask/internal";
import type { FlagGroup } from "../command-line/flag.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { UsageError } from "../usage-error.ts";

interface SettingFlag {
  readonly name: string;
  readonly path: readonly string[];
  readonly read: (text: string, label: string) => unknown;
}

const number = (text: string): unknown => (/^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text);
const attempts = (text: string): unknown => (text === "unlimited" ? -1 : number(text));
const same = (text: string): string => text;

/** Reads `service:api,version:v2`, as gcloud does. */
function routing(text: string, label: string): Readonly<Record<string, string>> {
  const pairs = text.split(",").map((pair) => {
    const [, key, value] = /^(service|version|instance):([\w-]+)$/.exec(pair.trim()) ?? [];
    if (key !== undefined && value !== undefined) return [key, value] as const;
    throw new UsageError(
      `${label}: expected service:NAME,version:NAME,instance:NAME; received ${JSON.stringify(text)}`,
    );
  });
  return Object.fromEntries(pairs);
}

/** The options by setting. Those of gcloud come first, then our short ones. */
const SETTINGS: readonly SettingFlag[] = [
  { name: "max-dispatches-per-second", path: ["rate"], read: number },
  { name: "rate", path: ["rate"], read: number },
  { name: "max-concurrent-dispatches", path: ["concurrency"], read: number },
  { name: "concurrency", path: ["concurrency"], read: number },
  { name: "max-attempts", path: ["retry", "maxAttempts"], read: attempts },
  { name: "max-retry-duration", path: ["retry", "maxRetryDuration"], read: same },
  { name: "min-backoff", path: ["retry", "minBackoff"], read: same },
  { name: "max-backoff", path: ["retry", "maxBackoff"], read: same },
  { name: "max-doublings", path: ["retry", "maxDoublings"], read: number },
  { name: "task-ttl", path: ["taskTtl"], read: same },
  { name: "log-sampling-ratio", path: ["logging"], read: number },
  { name: "routing-override", path: ["routing"], read: routing },
];

/** The options that set a queue. */
export const settingsGroup: FlagGroup = {
  title: "Settings",
  flags: [
    { name: "max-dispatches-per-second", value: "N", help: "Dispatches per second, retries included: up to 500" },
    { name: "rate", value: "RATE", help: "The same, also per minute, hour or day, such as 100/m" },
    { name: "max-concurrent-dispatches", value: "N", help: "Attempts at the same time: up to 5000" },
    { name: "concurrency", value: "N", help: "The same" },
    { name: "max-attempts", value: "N", help: "Attempts per task; -1 or unlimited for no limit" },
    { name: "max-retry-duration", value: "TIME", help: "Retry for at least this time, such as 1h" },
    { name: "min-backoff", value: "TIME", help: "The wait before the first retry, such as 5s" },
    { name: "max-backoff", value: "TIME", help: "The longest wait before a retry" },
    { name: "max-doublings", value: "N", help: "How often the wait doubles before it grows linearly" },
    { name: "task-ttl", value: "TIME", help: "The age at which a task is deleted, from 10d" },
    { name: "log-sampling-ratio", value: "N", help: "The share of operations in Cloud Logging, 0 to 1" },
    {
      name: "routing-override",
      value: "service:NAME,…",
      help: "The App Engine service, version and instance of all tasks",
    },
  ],
};

/** Reads the settings of a queue from the options. @throws UsageError for an invalid value, or two options for one setting */
export function queueSettings(flags: GivenFlags): OneQueueSettings {
  const settings: Record<string, unknown> = {};
  const retry: Record<string, unknown> = {};
  for (const { name, path, read } of SETTINGS) {
    const text = flags.text(name);
    if (text === undefined) continue;
    const [first = "", nested] = path;
    const [map, key] = nested === undefined ? [settings, first] : [retry, nested];
    if (Object.hasOwn(map, key)) throw new UsageError(`${labelOf(flags, path)} set the same; remove one of them`);
    map[key] = read(text, `--${name}`);
  }
  const all = Object.keys(retry).length > 0 ? { ...settings, retry } : settings;
  checkQueue(all, positionOf(flags, []));
  return all;
}

/** The position of a setting on the command line. Messages begin with the option. */
function positionOf(flags: GivenFlags, path: readonly string[]): SettingPosition {
  return {
    child: (key) => positionOf(flags, [...path, String(key)]),
    error: (message) => new UsageError(`${labelOf(flags, path) || path.join(".")}: ${message}`),
  };
}

function labelOf(flags: GivenFlags, path: readonly string[]): string {
  const given = SETTINGS.filter((each) => each.path.join() === path.join() && flags.has(each.name));
  return given.map(({ name }) => `--${name}`).join(" and ");
}
