import { type Duration, durationMs, LOCAL_LOCATION, LOCAL_PROJECT } from "cloudtask/internal";
import { hostnameOf } from "./access-guard.ts";
import type { Clock } from "./clock/clock.ts";
import { SystemClock } from "./clock/system-clock.ts";
import { checkOptionTypes } from "./option-types.ts";
import { type QueueConfig, queueOf, type ResolvedQueue } from "./queue-config.ts";

/**
 * What an emulator can be told. Every option has a default.
 *
 * @example
 * const options: EmulatorOptions = { port: 8123, queues: ["default", { name: "mail", rate: 5 }], taskCooldown: "10m" };
 */
export interface EmulatorOptions {
  /** The port to listen on; 0, the default, takes any that is free. */
  readonly port?: number;
  /** The address to listen on; default `127.0.0.1`, which nothing outside this machine reaches. */
  readonly host?: string;
  /**
   * Names that the emulator is called by, beside `localhost` and its `host`: the name of its service in Docker Compose, say.
   * A request under any other name is refused, because a web page could have made that name point here.
   */
  readonly allowedHosts?: readonly string[];
  /** The project of queues that are named by their id; default `local-project`. */
  readonly project?: string;
  /** The location of queues that are named by their id; default `us-central1`. */
  readonly location?: string;
  /**
   * Queues to start with: ids or full names, with Cloud Tasks' own defaults, or their configurations. Default: one that is
   * named `default`, the queue of a client that names none.
   */
  readonly queues?: readonly (string | QueueConfig)[];
  /** Whether a task for a queue that does not exist creates it, rather than failing as the real service does; default false. */
  readonly autoCreateQueues?: boolean;
  /** What to take for the time; default: the machine's, which `advance()` turns ahead. */
  readonly clock?: Clock;
  /** How long the name of a task stays taken after it is done or deleted; default `"1h"`. */
  readonly taskCooldown?: Duration;
  /**
   * How long the name of a queue stays taken after it was deleted; default 0, so that a test can delete and create freely.
   * The real service: 3 to 7 days.
   */
  readonly queueCooldown?: Duration;
  /**
   * A directory to keep everything in, so that it survives a restart and a crash: a call is answered once it is on disk. It is
   * created where it does not exist; one emulator at a time can use it. Default: none, everything is kept in memory.
   */
  readonly dataDir?: string;
  /**
   * Hosts of targets that dispatches replace by another: `{ localhost: "host.docker.internal" }` for an emulator in a
   * container whose targets run on the machine around it. The `Host` header is rewritten too.
   */
  readonly rewriteHosts?: Readonly<Record<string, string>>;
  /**
   * Where App Engine tasks go: one base URL for all services, or one for each service, `default` for the default one.
   * Without it they go to `https://PROJECT.appspot.com`, as the real ones do.
   */
  readonly appEngine?: string | Readonly<Record<string, string>>;
  /**
   * Whether a queue slows down while its targets answer 429 or 503, or fail often. Google does not publish how Cloud Tasks
   * does that; this is an approximation of it. Default false.
   */
  readonly throttling?: boolean;
  /** What to keep of attempts that are over. */
  readonly history?: HistoryOptions;
  /**
   * The issuer of the OIDC tokens, and where verifiers find its keys: `http://emulator:8123` where targets reach the emulator
   * by another name than `url` says. Default: `url`.
   */
  readonly issuer?: string;
}

/**
 * How much of the past an emulator keeps.
 *
 * @example
 * const history: HistoryOptions = { attempts: 500, bodyBytes: 256 };
 */
export interface HistoryOptions {
  /**
   * How many attempts, the newest; 0 for none; default 10,000. They take at most `attempts` × (2 × `bodyBytes` + 4 KiB) of
   * memory, 82 MB by default. With `dataDir` they are kept on disk too, where a crash may cost the last 200 ms of them.
   */
  readonly attempts?: number;
  /** How many bytes of the bodies of requests and answers; default 2048. */
  readonly bodyBytes?: number;
}

/** The options with every default filled in. */
export interface ResolvedOptions {
  readonly port: number;
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly project: string;
  readonly location: string;
  readonly queues: readonly ResolvedQueue[];
  readonly autoCreateQueues: boolean;
  readonly clock: Clock;
  readonly taskCooldownMs: number;
  readonly queueCooldownMs: number;
  readonly dataDir: string | undefined;
  readonly rewriteHosts: Readonly<Record<string, string>>;
  readonly appEngine: string | Readonly<Record<string, string>> | undefined;
  readonly throttling: boolean;
  readonly history: Required<HistoryOptions>;
  /** Undefined means the emulator's own URL. */
  readonly issuer: string | undefined;
}

const known: Readonly<Record<keyof EmulatorOptions, true>> = {
  port: true,
  host: true,
  allowedHosts: true,
  project: true,
  location: true,
  queues: true,
  autoCreateQueues: true,
  clock: true,
  taskCooldown: true,
  queueCooldown: true,
  dataDir: true,
  rewriteHosts: true,
  appEngine: true,
  throttling: true,
  history: true,
  issuer: true,
};

/** @throws TypeError for an option that is unknown, or is not what it has to be */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  checkOptionTypes(options);
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) {
    throw new TypeError(
      `createEmulator: unknown option ${unknown.join(", ")}; there are ${Object.keys(known).join(", ")}`,
    );
  }
  const { port = 0, project = LOCAL_PROJECT, location = LOCAL_LOCATION } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`createEmulator: port: expected an integer from 0 to 65535; received ${port}`);
  }
  return {
    port,
    project,
    location,
    host: options.host ?? "127.0.0.1",
    allowedHosts: [...(options.allowedHosts ?? []).map(allowedHost), ...issuerHost(options.issuer)],
    queues: (options.queues ?? ["default"]).map((queue) => queueOf(queue, `projects/${project}/locations/${location}`)),
    autoCreateQueues: options.autoCreateQueues ?? false,
    clock: options.clock ?? new SystemClock(),
    taskCooldownMs: durationMs(options.taskCooldown ?? "1h", "createEmulator: taskCooldown"),
    queueCooldownMs: durationMs(options.queueCooldown ?? 0, "createEmulator: queueCooldown"),
    dataDir: dataDirOf(options.dataDir),
    rewriteHosts: checkedHosts(options.rewriteHosts ?? {}),
    appEngine: checkedBases(options.appEngine),
    throttling: options.throttling ?? false,
    history: historyOf(options.history),
    issuer: options.issuer === undefined ? undefined : baseUrl(options.issuer, "issuer").replace(/\/$/, ""),
  };
}

/** Verifiers look for the keys under the issuer's name. */
function issuerHost(issuer: string | undefined): string[] {
  return issuer === undefined ? [] : [new URL(baseUrl(issuer, "issuer")).hostname];
}

function dataDirOf(dataDir: string | undefined): string | undefined {
  if (dataDir !== "") return dataDir;
  throw new TypeError("createEmulator: dataDir: expected a directory; received an empty string");
}

function checkedHosts(hosts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const host of Object.entries(hosts).flat()) {
    if (host !== "" && URL.canParse(`http://${host}`) && new URL(`http://${host}`).pathname === "/") continue;
    throw new TypeError(
      `createEmulator: rewriteHosts: expected host names, with or without a port, such as { localhost: "host.docker.internal" }; received ${JSON.stringify(host)}`,
    );
  }
  return hosts;
}

function checkedBases(bases: EmulatorOptions["appEngine"]): EmulatorOptions["appEngine"] {
  for (const base of typeof bases === "object" ? Object.values(bases) : bases === undefined ? [] : [bases]) {
    baseUrl(base, "appEngine");
  }
  return bases;
}

function baseUrl(url: string, option: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new TypeError(
    `createEmulator: ${option}: expected a URL with http:// or https://; received ${JSON.stringify(url)}`,
  );
}

function historyOf({ attempts = 10_000, bodyBytes = 2048, ...rest }: HistoryOptions = {}): Required<HistoryOptions> {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    throw new TypeError(`createEmulator: history: unknown ${unknown}; there are attempts, bodyBytes`);
  }
  for (const [name, value] of Object.entries({ attempts, bodyBytes })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new TypeError(`createEmulator: history: ${name}: expected an integer of at least 0; received ${value}`);
  }
  return { attempts, bodyBytes };
}

function allowedHost(host: string): string {
  const name = hostnameOf(host);
  if (name !== undefined && name === host.toLowerCase()) return name;
  throw new TypeError(
    `createEmulator: allowedHosts: expected host names without scheme and port, such as "emulator"; received ${JSON.stringify(host)}`,
  );
}
