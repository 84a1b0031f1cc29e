import type { EmulatorOptions, EmulatorQueues } from "@cloudtask/emulator";
import type { YamlFile } from "cloudtask/internal";
import { queues } from "../values/queues.ts";
import { baseUrl, boolean, duration, integer, listOf, mapOf, type Reader, record, text } from "../values/readers.ts";
import type { Config } from "./config.ts";

type Fields = Required<Omit<EmulatorOptions, "clock" | "queues">> & {
  readonly queues: EmulatorQueues;
  readonly memory: boolean;
};

const bases = mapOf(baseUrl);

const appEngine: Reader<NonNullable<EmulatorOptions["appEngine"]>> = (value, position) =>
  typeof value === "string" ? baseUrl(value, position) : bases(value, position);

const fields = record<Fields>({
  port: integer(0, 65_535),
  host: text,
  allowedHosts: listOf(text),
  project: text,
  location: text,
  queues,
  autoCreateQueues: boolean,
  taskCooldown: duration,
  queueCooldown: duration,
  dataDir: text,
  memory: boolean,
  rewriteHosts: mapOf(text),
  targetCa: text,
  allowUnverifiedTls: boolean,
  appEngine,
  throttling: boolean,
  history: record<Required<NonNullable<EmulatorOptions["history"]>>>({
    attempts: integer(0),
    bodyBytes: integer(0),
  }),
  secretNames: listOf(text),
  issuer: baseUrl,
});

/**
 * Reads a configuration file with the names of `EmulatorOptions`, and `memory: true` as for `--memory`.
 *
 * @throws UsageError with the position of an invalid value
 */
export function readOwnConfig({ value, root }: YamlFile): Config {
  const { queues: described, memory, ...options } = fields(value ?? {}, root);
  if (memory && options.dataDir !== undefined) {
    throw root.child("memory").error("memory and dataDir cannot be used together; remove one of them");
  }
  return { options, memory: memory ?? false, ...(described ? { queues: described } : {}) };
}
