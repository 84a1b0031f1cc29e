import type { EmulatorOptions, QueueConfig } from "@cloudtask/emulator";
import { queueConfig } from "../values/queue-config.ts";
import { baseUrl, duration, integer, listOf, mapOf, type Reader, record, text, truth } from "../values/readers.ts";
import type { Config } from "./config.ts";
import { queueConfigs } from "./queue-configs.ts";
import type { YamlFile } from "./yaml-file.ts";

type Fields = Required<Omit<EmulatorOptions, "clock" | "queues">> & {
  readonly queues: QueueConfig[];
  readonly memory: boolean;
};

const bases = mapOf(baseUrl);

const appEngine: Reader<NonNullable<EmulatorOptions["appEngine"]>> = (value, place) =>
  typeof value === "string" ? baseUrl(value, place) : bases(value, place);

const fields = record<Fields>({
  port: integer(0, 65_535),
  host: text,
  allowedHosts: listOf(text),
  project: text,
  location: text,
  queues: queueConfigs(queueConfig),
  autoCreateQueues: truth,
  taskCooldown: duration,
  queueCooldown: duration,
  dataDir: text,
  memory: truth,
  rewriteHosts: mapOf(text),
  appEngine,
  throttling: truth,
  history: record<Required<NonNullable<EmulatorOptions["history"]>>>({
    attempts: integer(0),
    bodyBytes: integer(0),
  }),
  issuer: baseUrl,
});

/**
 * Reads a file of our own: the names of `EmulatorOptions`, and `memory: true` for what `--memory` is.
 *
 * @throws UsageError that points at what is wrong
 */
export function readOwnConfig({ value, root }: YamlFile): Config {
  const { queues, memory, ...options } = fields(value ?? {}, root);
  if (memory && options.dataDir !== undefined) {
    throw root.child("memory").refuse("memory and dataDir exclude each other; leave one of them out");
  }
  return { options, memory: memory ?? false, ...(queues ? { queues } : {}) };
}
