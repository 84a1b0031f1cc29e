import { type Duration, durationMs, LOCAL_LOCATION, LOCAL_PROJECT } from "cloudtask/internal";
import { hostnameOf } from "./access-guard.ts";
import type { Clock } from "./clock/clock.ts";
import { SystemClock } from "./clock/system-clock.ts";
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
};

/** @throws TypeError for an option that is unknown, or is not what it has to be */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
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
    allowedHosts: (options.allowedHosts ?? []).map(allowedHost),
    queues: (options.queues ?? ["default"]).map((queue) => queueOf(queue, `projects/${project}/locations/${location}`)),
    autoCreateQueues: options.autoCreateQueues ?? false,
    clock: options.clock ?? new SystemClock(),
    taskCooldownMs: durationMs(options.taskCooldown ?? "1h", "createEmulator: taskCooldown"),
    queueCooldownMs: durationMs(options.queueCooldown ?? 0, "createEmulator: queueCooldown"),
  };
}

function allowedHost(host: string): string {
  const name = hostnameOf(host);
  if (name !== undefined && name === host.toLowerCase()) return name;
  throw new TypeError(
    `createEmulator: allowedHosts: expected host names without scheme and port, such as "emulator"; received ${JSON.stringify(host)}`,
  );
}
