import { checkQueues } from "../../core/check-queues.ts";
import { errorMessage } from "../../core/error-message.ts";
import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import { printableText } from "../../core/printable.ts";
import type { Queues } from "../../core/queue-settings.ts";
import { optionPosition } from "../../core/setting-position.ts";
import { readYaml, type YamlFile, type YamlLibrary } from "../../core/yaml-file.ts";

/** Imports the package `yaml`. */
export type ImportModule = () => Promise<unknown>;

/**
 * Reads the `queues` of a YAML or JSON file, which can also be the emulator's `--config`. Needs the package `yaml`, except for a
 * JSON file. Only on runtimes with `node:fs`.
 *
 * @param file - the path, relative to the current directory, or a `file:` URL
 * @returns the checked queues, for the `queues` of a client, `admin.queues.plan()` and `createEmulator()`
 * @throws TypeError for an invalid setting, with the file, the line and the path of the setting; CloudTaskError with the code
 * `CONFIGURATION_MISSING` if the file cannot be read, or `yaml` is not installed
 *
 * @example
 * ```ts
 * const queues = await readQueues("cloudtask.yaml");
 * const plan = await createAdmin(client).queues.plan(queues);
 * ```
 */
export async function readQueues(file: string | URL): Promise<Queues> {
  return readQueuesWith(file, importYaml);
}

/** `readQueues()` with another way to load `yaml`. */
export async function readQueuesWith(file: string | URL, importModule: ImportModule): Promise<Queues> {
  const name = String(file);
  const { value, root } = parse(name, await readText(file), await load(name, importModule));
  const queues =
    typeof value === "object" && value !== null ? (value as { readonly queues?: unknown }).queues : undefined;
  if (queues === undefined) throw root.error("expected a map with the key `queues`");
  checkQueues(queues, root.child("queues"));
  return queues as Queues;
}

function parse(file: string, text: string, yaml: YamlLibrary | undefined): YamlFile {
  const createError = (message: string, options?: ErrorOptions): Error => new TypeError(message, options);
  if (yaml !== undefined) return readYaml({ file, text, yaml, createError });
  try {
    return { value: JSON.parse(text), root: optionPosition(file) };
  } catch (error) {
    throw createError(`${file}: ${errorMessage(error)}`, { cause: error });
  }
}

async function readText(file: string | URL): Promise<string> {
  try {
    // Bundlers follow only literals, and not every runtime has this module.
    const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ ["node:fs/promises"].join(""));
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (error) {
    throw missing(file, `could not be read: ${firstLine(error)}`, error);
  }
}

/** Returns the library; `undefined` if it is not installed and the file is JSON. */
async function load(file: string, importModule: ImportModule): Promise<YamlLibrary | undefined> {
  try {
    return (await importModule()) as YamlLibrary;
  } catch (error) {
    if (file.endsWith(".json")) return undefined;
    throw missing(file, `needs the package \`yaml\`, which could not be loaded. Run: npm install yaml`, error);
  }
}

// File tracers evaluate the expression, so they ship the library if it is installed. Bundlers would fail if it is not installed.
function importYaml(): Promise<unknown> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ ["yaml"].join(""));
}

function missing(file: string | URL, problem: string, cause: unknown): CloudTaskError {
  return new CloudTaskError("CONFIGURATION_MISSING", `readQueues(): ${String(file)} ${problem}`, { cause });
}

function firstLine(reason: unknown): string {
  return printableText(errorMessage(reason).split("\n", 1)[0] ?? "");
}
