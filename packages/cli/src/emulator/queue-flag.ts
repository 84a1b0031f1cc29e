import type { EmulatorQueueSettings } from "@cloudtask/emulator";
import { checkQueue, type SettingPosition } from "cloudtask/internal";
import { UsageError } from "../usage-error.ts";
import { unknownNameMessage } from "../values/closest-name.ts";

/** The keys of `--queue`, with the path of each setting. Maps such as `target` cannot be written between commas. */
const KEYS: Readonly<Record<string, readonly [setting: string, setting?: string]>> = {
  rate: ["rate"],
  concurrency: ["concurrency"],
  burst: ["burst"],
  "max-attempts": ["retry", "maxAttempts"],
  "min-backoff": ["retry", "minBackoff"],
  "max-backoff": ["retry", "maxBackoff"],
  "max-doublings": ["retry", "maxDoublings"],
  "max-retry-duration": ["retry", "maxRetryDuration"],
  "task-ttl": ["taskTtl"],
  "dead-letter": ["deadLetter"],
  shards: ["shards"],
  paused: ["paused"],
};

const DURATIONS: ReadonlySet<string> = new Set(["min-backoff", "max-backoff", "max-retry-duration", "task-ttl"]);

const EXAMPLES: Readonly<Record<string, string>> = { paused: "true", "dead-letter": "mail-dead", "task-ttl": "20d" };

/** A queue of the command line. */
export interface FlagQueue {
  /** The id or the full name. */
  readonly name: string;
  /** `null` if the value has only a name. */
  readonly settings: EmulatorQueueSettings | null;
}

/** Splits queues at commas and line breaks. A part with `=` is a setting of the queue before it: `default,mail,rate=5`. */
export function splitQueues(text: string): readonly string[] {
  return text
    .split(/[\r\n]+|,(?![^,\r\n]*=)/)
    .map((queue) => queue.trim().replace(/\s*,\s*/g, ","))
    .filter(Boolean);
}

/**
 * Parses a value of `--queue`, such as `mail,rate=5,max-attempts=3`.
 *
 * @param label - the option, or the environment variable that set it
 * @throws UsageError for an unknown key, a duplicate key or an invalid value
 */
export function queueFromFlag(value: string, label = "--queue"): FlagQueue {
  const position = flagPosition(`${label} ${value}`);
  const [name = "", ...pairs] = value.split(",");
  if (name === "" || name.includes("=")) {
    throw position.error("expected the name of the queue first, as in --queue mail,rate=5");
  }
  if (pairs.length === 0) return { name, settings: null };
  const settings: Record<string, unknown> = {};
  const retry: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [key, text] = split(pair);
    const [setting, nested] = KEYS[key] ?? [];
    if (setting === undefined) throw position.error(unknownNameMessage("key", key, Object.keys(KEYS)));
    if (text === "") throw position.error(`${key} needs a value, as in ${key}=${exampleOf(key)}`);
    const [map, property] = nested === undefined ? [settings, setting] : [retry, nested];
    if (Object.hasOwn(map, property)) throw position.error(`${key} is set twice`);
    map[property] = settingOf(key, text);
  }
  if (Object.keys(retry).length > 0) settings.retry = retry;
  checkQueue(settings, position, { emulator: true });
  return { name, settings };
}

/** The position of a setting on the command line. Messages begin with the argument and the key. */
function flagPosition(argument: string, path: readonly string[] = []): SettingPosition {
  return {
    child: (key) => flagPosition(argument, [...path, String(key)]),
    error: (message) => {
      const [key] = Object.entries(KEYS).find(([, setting]) => setting.join() === path.join()) ?? path;
      return new UsageError(`${argument}: ${key === undefined ? "" : `${key}: `}${message}`);
    },
  };
}

/** On the command line a duration needs a unit. */
function settingOf(key: string, text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return !DURATIONS.has(key) && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

function exampleOf(key: string): string {
  return EXAMPLES[key] ?? (DURATIONS.has(key) ? "5s" : "5");
}

function split(pair: string): readonly [key: string, text: string] {
  const at = pair.indexOf("=");
  return at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}
