import type { Duration } from "cloudtask/internal";
import type { Clock } from "../clock/clock.ts";
import type { EmulatorQueues } from "./queue-options.ts";

/**
 * Options of `createEmulator()`. Every option has a default.
 *
 * @example
 * const options: EmulatorOptions = { port: 8123, queues: { default: null, mail: { rate: 5 } }, taskCooldown: "10m" };
 */
export interface EmulatorOptions {
  /** The port to listen on; default 0, which selects a free port. */
  readonly port?: number;
  /** The address to listen on; default `127.0.0.1`, which only this machine can reach. */
  readonly host?: string;
  /**
   * Further host names by which clients call the emulator, such as its service name in Docker Compose. `localhost` and `host`
   * are always allowed. Requests under any other name are rejected, because a web page could make such a name resolve to this
   * machine (DNS rebinding).
   */
  readonly allowedHosts?: readonly string[];
  /** The project of queues that are given by id; default `local-project`. */
  readonly project?: string;
  /** The location of queues that are given by id; default `us-central1`. */
  readonly location?: string;
  /**
   * The queues to create at the start: a map of ids or full names to settings, such as the `queues` of the client, or a list of
   * names, which get the default settings of Cloud Tasks. Default: one queue named `default`, which is also the default queue of a
   * client.
   */
  readonly queues?: readonly string[] | EmulatorQueues;
  /**
   * `true` if CreateTask creates a missing queue. Default `false`: the call fails with NOT_FOUND, as it does in the real service.
   */
  readonly autoCreateQueues?: boolean;
  /** The emulator's clock; default a `SystemClock`, which follows the machine's time and can be advanced with `advance()`. */
  readonly clock?: Clock;
  /** The time for which a task's name stays reserved after the task was completed or deleted; default `"1h"`. */
  readonly taskCooldown?: Duration;
  /**
   * The time for which a queue's name stays reserved after the queue was deleted; default 0, so tests can delete and create
   * queues freely. The real service reserves it for 3 to 7 days.
   */
  readonly queueCooldown?: Duration;
  /**
   * The directory that keeps all state across restarts and crashes. A call is answered after its change is on
   * disk. A missing directory is created; only one emulator can use it at a time. Default: none, the state is kept in memory.
   */
  readonly dataDir?: string;
  /**
   * Replacements for the hosts of targets. `{ localhost: "host.docker.internal" }` lets an emulator in a container reach targets
   * on the host machine. Only the connection uses the replacement: the `Host` header and the name that a certificate must have
   * are still those of the task's URL.
   */
  readonly rewriteHosts?: Readonly<Record<string, string>>;
  /**
   * A file with certificates of certificate authorities, in PEM format. Targets with certificates of these authorities are
   * trusted, in addition to those that Node trusts.
   */
  readonly targetCa?: string;
  /** `true` to accept any certificate of `https` targets, for example a self-signed one; default `false`. */
  readonly allowUnverifiedTls?: boolean;
  /**
   * The targets of App Engine tasks: a base URL for all services, or an object with a base URL per service, `default` for the
   * default service. Without this option App Engine tasks go to `https://PROJECT.appspot.com`, as they do in the real service.
   */
  readonly appEngine?: string | Readonly<Record<string, string>>;
  /**
   * `true` to slow down a queue if its targets answer 429 or 503, or fail often. Google does not publish the algorithm of Cloud
   * Tasks; this is an approximation. Default `false`.
   */
  readonly throttling?: boolean;
  /** The number of finished attempts to keep, and the number of bytes to keep of each body. */
  readonly history?: HistoryOptions;
  /**
   * Further names of headers, parameters and fields whose values are masked in the history, in the journal and over `/inspect/`.
   * Names that contain `secret`, `token`, `password` and similar words are always masked, and so is the `secretHeader` of the
   * `cloudtask` library.
   */
  readonly secretNames?: readonly string[];
  /**
   * The issuer of OIDC tokens, and the base URL at which verifiers find the keys. Set it if targets reach the emulator by
   * another name than `url`, for example `http://emulator:8123`. Default: `url`.
   */
  readonly issuer?: string;
}

/**
 * Limits of the history of finished attempts.
 *
 * @example
 * const history: HistoryOptions = { attempts: 500, bodyBytes: 256 };
 */
export interface HistoryOptions {
  /**
   * The number of finished attempts to keep, the newest ones; 0 keeps none; default 10,000. They use at most `attempts` ×
   * (2 × `bodyBytes` + 4 KiB) of memory, 82 MB by default. With `dataDir` they are also kept on disk, and a crash loses at most
   * those of the last 200 ms.
   */
  readonly attempts?: number;
  /** The number of bytes to keep of each request and response body; default 2048. */
  readonly bodyBytes?: number;
}
