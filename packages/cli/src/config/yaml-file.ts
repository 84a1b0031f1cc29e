import { readFileSync } from "node:fs";
import { readYaml, type YamlFile } from "cloudtask/internal";
import * as yaml from "yaml";
import { UsageError } from "../usage-error.ts";

/** Larger files are rejected. */
const MAX_BYTES = 1_048_576;

/**
 * Reads a YAML file. JSON is a subset of YAML.
 *
 * @throws UsageError if the file cannot be read, is not YAML, has duplicate keys, or has too many nested aliases
 */
export function readYamlFile(file: string, label = "--config"): YamlFile {
  const createError = (message: string, options?: ErrorOptions): Error => new UsageError(message, options);
  return readYaml({ file, text: readText(file, label), yaml, createError });
}

function readText(file: string, label: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MAX_BYTES) throw new UsageError(`${label} ${file}: the file is larger than 1 MiB`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${label} ${file}: ${READ_ERRORS[code ?? ""] ?? "the file cannot be read"}`, { cause: error });
  }
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "the file does not exist",
  EISDIR: "this is a directory, not a file",
  EACCES: "permission denied",
  ERR_ENCODING_INVALID_ENCODED_DATA: "the file is not UTF-8",
};
