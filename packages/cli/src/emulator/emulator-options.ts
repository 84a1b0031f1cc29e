import { resolve } from "node:path";
import type { EmulatorOptions, EmulatorQueueSettings, EmulatorQueues } from "@cloudtask/emulator";
import { LOCAL_LOCATION, LOCAL_PROJECT } from "cloudtask/internal";
import type { GivenFlags } from "../command-line/given-flags.ts";
import type { Config } from "../config/config.ts";
import { argumentPosition } from "../values/position.ts";
import { baseUrl, duration, integer, type Reader } from "../values/readers.ts";
import { queueFromFlag } from "./queue-flag.ts";
import { appEngineFromFlags, rewriteHostsFromFlags } from "./target-flags.ts";

const DEFAULT_PORT = 8123;
const DEFAULT_DIRECTORY = ".cloudtask";

/**
 * Merges the command line, with the options of environment variables, and the file into the options of `createEmulator`. The
 * command line overrides the file. Repeatable
 * options are added to those of the file.
 *
 * @throws UsageError for an invalid value
 */
export function emulatorOptions(flags: GivenFlags, config: Config): EmulatorOptions {
  const project = flags.text("project") ?? config.options.project ?? LOCAL_PROJECT;
  const location = flags.text("location") ?? config.options.location ?? LOCAL_LOCATION;
  const own = defined({
    port: integerOf(flags, "port", integer(0, 65_535)) ?? config.options.port ?? DEFAULT_PORT,
    host: flags.text("host"),
    allowedHosts: [...(config.options.allowedHosts ?? []), ...flags.all("allowed-host")],
    project,
    location,
    queues: queuesOf(flags, config, `projects/${project}/locations/${location}/queues/`),
    autoCreateQueues: flags.has("auto-create-queues") || undefined,
    taskCooldown: durationOf(flags, "task-cooldown"),
    queueCooldown: durationOf(flags, "queue-cooldown"),
    rewriteHosts: {
      ...config.options.rewriteHosts,
      ...rewriteHostsFromFlags(flags.all("rewrite-host"), flags.label("rewrite-host")),
    },
    targetCa: fileOf(flags, "target-ca"),
    allowUnverifiedTls: flags.has("allow-unverified-tls") || undefined,
    appEngine: appEngineOf(flags, config),
    throttling: flags.has("throttling") || undefined,
    history: { ...config.options.history, ...defined({ attempts: integerOf(flags, "history", integer(0)) }) },
    issuer: issuerOf(flags),
    secretNames: secretNamesOf(flags, config),
  });
  const { dataDir: _, ...others } = config.options;
  return { ...others, ...own, ...defined({ dataDir: directoryOf(flags, config) }) };
}

function directoryOf(flags: GivenFlags, config: Config): string | undefined {
  const directory = flags.text("data");
  if (flags.has("memory")) return undefined;
  if (directory !== undefined) return resolve(directory);
  return config.memory ? undefined : (config.options.dataDir ?? resolve(DEFAULT_DIRECTORY));
}

function queuesOf(flags: GivenFlags, config: Config, prefix: string): EmulatorQueues | undefined {
  // A full name and an id can mean the same queue.
  const idOf = (name: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  const given = new Map<string, EmulatorQueueSettings | null>();
  for (const value of flags.all("queue")) {
    const { name, settings } = queueFromFlag(value, flags.label("queue"));
    if (given.has(idOf(name))) {
      throw argumentPosition(`${flags.label("queue")} ${value}`).error(`queue ${name} is defined twice`);
    }
    given.set(idOf(name), settings);
  }
  if (!config.queues && given.size === 0) return undefined;
  const inFile = Object.entries(config.queues ?? {}).map(([name, settings]) => [idOf(name), settings] as const);
  return Object.fromEntries([...inFile, ...given]);
}

function appEngineOf(flags: GivenFlags, { options }: Config): EmulatorOptions["appEngine"] {
  const given = appEngineFromFlags(flags.all("app-engine"), flags.label("app-engine"));
  const inFile = typeof options.appEngine === "string" ? { default: options.appEngine } : options.appEngine;
  const both = { ...inFile, ...given };
  return Object.keys(both).length > 0 ? both : undefined;
}

function fileOf(flags: GivenFlags, name: string): string | undefined {
  const file = flags.text(name);
  return file === undefined ? undefined : resolve(file);
}

function issuerOf(flags: GivenFlags): string | undefined {
  const value = flags.text("issuer");
  return value === undefined ? undefined : baseUrl(value, argumentPosition(flags.label("issuer")));
}

function secretNamesOf(flags: GivenFlags, { options }: Config): readonly string[] | undefined {
  const names = [...(options.secretNames ?? []), ...flags.all("secret-name")];
  return names.length > 0 ? names : undefined;
}

function integerOf(flags: GivenFlags, name: string, read: Reader<number>): number | undefined {
  const value = flags.text(name);
  if (value === undefined) return undefined;
  return read(/^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value, argumentPosition(flags.label(name)));
}

/** On the command line a duration needs a unit, except 0. */
function durationOf(flags: GivenFlags, name: string): EmulatorOptions["taskCooldown"] {
  const value = flags.text(name);
  if (value === undefined) return undefined;
  return duration(value === "0" ? 0 : value, argumentPosition(flags.label(name)));
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Removes the keys whose value is undefined: they would override the options of the file. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
