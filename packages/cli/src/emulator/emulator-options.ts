import { resolve } from "node:path";
import type { EmulatorOptions, QueueConfig } from "@cloudtask/emulator";
import { LOCAL_LOCATION, LOCAL_PROJECT } from "cloudtask/internal";
import type { GivenFlags } from "../args/parse-flags.ts";
import type { Config } from "../config/config.ts";
import { argumentPlace } from "../values/place.ts";
import { baseUrl, duration, integer, type Reader } from "../values/readers.ts";
import { queueFromFlag } from "./queue-flag.ts";
import { appEngineFromFlags, rewriteHostsFromFlags } from "./target-flags.ts";

const DEFAULT_PORT = 8123;
const DEFAULT_DIRECTORY = ".cloudtask";

/**
 * Puts the command line and the file together. What the command line says counts; what is repeatable adds to the file's.
 *
 * @param config - what the file says
 * @returns the options of `createEmulator`, its queues by their full names
 * @throws UsageError where a value is none of its option's
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
    rewriteHosts: { ...config.options.rewriteHosts, ...rewriteHostsFromFlags(flags.all("rewrite-host")) },
    appEngine: appEngineOf(flags, config),
    throttling: flags.has("throttling") || undefined,
    history: { ...config.options.history, ...defined({ attempts: integerOf(flags, "history", integer(0)) }) },
    issuer: issuerOf(flags),
  });
  const { dataDir: _, ...others } = config.options;
  return { ...others, ...own, ...defined({ dataDir: directoryOf(flags, config) }) };
}

function directoryOf(flags: GivenFlags, config: Config): string | undefined {
  const last = flags.lastOf("data", "memory");
  if (last === "memory") return undefined;
  if (last === "data") return resolve(flags.text("data") ?? DEFAULT_DIRECTORY);
  return config.memory ? undefined : (config.options.dataDir ?? resolve(DEFAULT_DIRECTORY));
}

function queuesOf(flags: GivenFlags, config: Config, prefix: string): QueueConfig[] | undefined {
  const fullName = ({ name }: QueueConfig): string => (name.includes("/") ? name : prefix + name);
  const given = new Map<string, QueueConfig>();
  for (const value of flags.all("queue")) {
    const queue = queueFromFlag(value);
    if (given.has(fullName(queue))) {
      throw argumentPlace(`--queue ${value}`).refuse(`queue ${queue.name} is given twice`);
    }
    given.set(fullName(queue), queue);
  }
  if (!config.queues && given.size === 0) return undefined;
  const merged = new Map([...(config.queues ?? []).map((queue) => [fullName(queue), queue] as const), ...given]);
  return [...merged].map(([name, queue]) => ({ ...queue, name }));
}

function appEngineOf(flags: GivenFlags, { options }: Config): EmulatorOptions["appEngine"] {
  const given = appEngineFromFlags(flags.all("app-engine"));
  const inFile = typeof options.appEngine === "string" ? { default: options.appEngine } : options.appEngine;
  const both = { ...inFile, ...given };
  return Object.keys(both).length > 0 ? both : undefined;
}

function issuerOf(flags: GivenFlags): string | undefined {
  const value = flags.text("issuer");
  return value === undefined ? undefined : baseUrl(value, argumentPlace("--issuer"));
}

function integerOf(flags: GivenFlags, name: string, read: Reader<number>): number | undefined {
  const value = flags.text(name);
  if (value === undefined) return undefined;
  return read(/^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value, argumentPlace(`--${name}`));
}

/** A length of time needs its unit here, unless it is 0. */
function durationOf(flags: GivenFlags, name: string): EmulatorOptions["taskCooldown"] {
  const value = flags.text(name);
  if (value === undefined) return undefined;
  return duration(value === "0" ? 0 : value, argumentPlace(`--${name}`));
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is undefined, which would otherwise stand for "set to nothing". */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
