import type { QueueConfig } from "@cloudtask/emulator";
import { unknownName } from "../args/nearest.ts";
import { argumentPlace } from "../values/place.ts";
import { queueConfig, queueConfigReaders } from "../values/queue-config.ts";

const durations: ReadonlySet<string> = new Set(["minBackoff", "maxBackoff", "maxRetryDuration"]);
const keys = new Map(
  Object.keys(queueConfigReaders)
    // A map, which has no place between commas.
    .filter((name) => name !== "name" && name !== "routing")
    .map((name) => [kebab(name), name]),
);

/**
 * @param value - `mail,rate=5,max-attempts=3`
 * @throws UsageError for a key that is unknown or comes twice, or a value that is none of its
 */
export function queueFromFlag(value: string): QueueConfig {
  const place = argumentPlace(`--queue ${value}`, (key) => kebab(String(key)));
  const [name = "", ...pairs] = value.split(",");
  if (name === "" || name.includes("=")) {
    throw place.refuse("the queue's name comes first, as in --queue mail,rate=5");
  }
  const config: Record<string, unknown> = { name };
  for (const pair of pairs) {
    const [key = "", text = ""] = split(pair);
    const property = keys.get(key);
    if (property === undefined) throw place.refuse(unknownName("key", key, [...keys.keys()]));
    if (text === "") throw place.refuse(`${key} needs a value, as in ${key}=${exampleOf(property)}`);
    if (Object.hasOwn(config, property)) throw place.refuse(`${key} is there twice`);
    config[property] = settingOf(property, text);
  }
  return queueConfig(config, place);
}

/** A length of time needs its unit here, unless it is 0. */
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
