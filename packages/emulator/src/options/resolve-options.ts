import { durationMs, LOCAL_LOCATION, LOCAL_PROJECT } from "cloudtask/internal";
import type { Clock } from "../clock/clock.ts";
import { SystemClock } from "../clock/system-clock.ts";
import { hostnameOf } from "../http/access-guard.ts";
import { checkOptionTypes } from "./check-option-types.ts";
import type { EmulatorOptions, HistoryOptions } from "./emulator-options.ts";
import { type ResolvedQueue, resolveQueues } from "./queue-options.ts";

/** The options with all defaults filled in. */
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
  readonly targetCa: string | undefined;
  readonly allowUnverifiedTls: boolean;
  readonly appEngine: string | Readonly<Record<string, string>> | undefined;
  readonly throttling: boolean;
  readonly history: Required<HistoryOptions>;
  readonly secretNames: readonly string[];
  /** Undefined selects the emulator's own URL. */
  readonly issuer: string | undefined;
}

const optionNames: Readonly<Record<keyof EmulatorOptions, true>> = {
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
  targetCa: true,
  allowUnverifiedTls: true,
  appEngine: true,
  throttling: true,
  history: true,
  secretNames: true,
  issuer: true,
};

/** @throws TypeError for an unknown option or an invalid value */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  checkOptionTypes(options);
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(optionNames, name));
  if (unknown.length > 0) {
    throw new TypeError(
      `createEmulator: unknown option ${unknown.join(", ")}; known options: ${Object.keys(optionNames).join(", ")}`,
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
    queues: resolveQueues(options.queues ?? ["default"], `projects/${project}/locations/${location}`),
    autoCreateQueues: options.autoCreateQueues ?? false,
    clock: options.clock ?? new SystemClock(),
    taskCooldownMs: durationMs(options.taskCooldown ?? "1h", "createEmulator: taskCooldown"),
    queueCooldownMs: durationMs(options.queueCooldown ?? 0, "createEmulator: queueCooldown"),
    dataDir: dataDirOf(options.dataDir),
    rewriteHosts: checkedHosts(options.rewriteHosts ?? {}),
    targetCa: options.targetCa,
    allowUnverifiedTls: options.allowUnverifiedTls ?? false,
    appEngine: checkedBases(options.appEngine),
    throttling: options.throttling ?? false,
    history: historyOf(options.history),
    secretNames: options.secretNames ?? [],
    issuer: options.issuer === undefined ? undefined : baseUrl(options.issuer, "issuer").replace(/\/$/, ""),
  };
}

/** Verifiers fetch the keys from the issuer's host, so requests with that Host are allowed. */
function issuerHost(issuer: string | undefined): string[] {
  return issuer === undefined ? [] : [new URL(baseUrl(issuer, "issuer")).hostname];
}

function dataDirOf(dataDir: string | undefined): string | undefined {
  if (dataDir !== "") return dataDir;
  throw new TypeError("createEmulator: dataDir: expected the path of a directory; received an empty string");
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
    throw new TypeError(`createEmulator: history: unknown option ${unknown}; known options: attempts, bodyBytes`);
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
