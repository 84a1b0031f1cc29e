import type { QueueConfig } from "@cloudtask/emulator";
import { unknownNameMessage } from "../args/closest-name.ts";
import { argumentPosition } from "../values/position.ts";
import { queueConfig, queueConfigReaders } from "../values/queue-config.ts";

const durations: ReadonlySet<string> = new Set(["minBackoff", "maxBackoff", "maxRetryDuration"]);
const keys = new Map(
  Object.keys(queueConfigReaders)
    // `routing` is a map, which cannot be written between commas.
    .filter((name) => name !== "name" && name !== "routing")
    .map((name) => [kebab(name), name]),
);

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
export function queueFromFlag(value: string, label = "--queue"): QueueConfig {
  const position = argumentPosition(`${label} ${value}`, (key) => kebab(String(key)));
  const [name = "", ...pairs] = value.split(",");
  if (name === "" || name.includes("=")) {
    throw position.error("expected the name of the queue first, as in --queue mail,rate=5");
  }
  const config: Record<string, unknown> = { name };
  for (const pair of pairs) {
    const [key = "", text = ""] = split(pair);
    const property = keys.get(key);
    if (property === undefined) throw position.error(unknownNameMessage("key", key, [...keys.keys()]));
    if (text === "") throw position.error(`${key} needs a value, as in ${key}=${exampleOf(property)}`);
    if (Object.hasOwn(config, property)) throw position.error(`${key} is set twice`);
    config[property] = settingOf(property, text);
  }
  return queueConfig(config, position);
}

/** On the command line a duration needs a unit, except 0. */
function settingOf(property: string, text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  if (durations.has(property)) return text === "0" ? 0 : text;
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

function exampleOf(property: string): string {
  if (property === "paused") return "true";
  return durations.has(property) ? "5s" : "5";
}

function split(pair: string): readonly [key: string, text: string] {
  const at = pair.indexOf("=");
  return at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
