import { dirname, resolve } from "node:path";
import type { Queues } from "cloudtask/admin";
import { checkQueues } from "cloudtask/internal";
import type { Config } from "./config.ts";
import { readOwnConfig } from "./own-config.ts";
import { readQueueYaml } from "./queue-yaml.ts";
import { readYamlFile } from "./yaml-file.ts";

/**
 * Reads a configuration file, or App Engine's queue.yaml, which is recognized by its key `queue`.
 *
 * @throws UsageError with the position of an invalid value, and the expected one
 */
export function readConfig(path: string): Config {
  const file = readYamlFile(path);
  const { value } = file;
  const isQueueYaml = typeof value === "object" && value !== null && Object.hasOwn(value, "queue");
  const config = isQueueYaml ? readQueueYaml(file) : readOwnConfig(file);
  const { dataDir, targetCa } = config.options;
  // A path in a file is relative to the file.
  const paths = {
    ...(dataDir !== undefined && { dataDir: resolve(dirname(path), dataDir) }),
    ...(targetCa !== undefined && { targetCa: resolve(dirname(path), targetCa) }),
  };
  return { ...config, options: { ...config.options, ...paths } };
}

/**
 * Reads the queues that a file describes under the key `queues`.
 *
 * @throws UsageError with the position of an invalid value
 */
export function readDescribedQueues(path: string): Queues {
  const { value, root } = readYamlFile(path, "FILE");
  const { queues } = Object(value) as { readonly queues?: unknown };
  if (queues === undefined) throw root.error("expected a map with the key queues");
  checkQueues(queues, root.child("queues"));
  return queues as Queues;
}
