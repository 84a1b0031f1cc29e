import { dirname, resolve } from "node:path";
import type { Config } from "./config.ts";
import { readOwnConfig } from "./own-config.ts";
import { readQueueYaml } from "./queue-yaml.ts";
import { readYamlFile } from "./yaml-file.ts";

/**
 * @param path - a file of our own, or App Engine's queue.yaml, which its key `queue` gives away
 * @throws UsageError that says where in the file, and what to write
 */
export function readConfig(path: string): Config {
  const file = readYamlFile(path);
  const { value } = file;
  const isQueueYaml = typeof value === "object" && value !== null && Object.hasOwn(value, "queue");
  const config = isQueueYaml ? readQueueYaml(file) : readOwnConfig(file);
  const { dataDir } = config.options;
  if (dataDir === undefined) return config;
  // Like every path in a file, it starts from where the file is.
  return { ...config, options: { ...config.options, dataDir: resolve(dirname(path), dataDir) } };
}
