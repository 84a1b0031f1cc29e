import type { Duration } from "cloudtask/internal";
import type { Clock } from "../clock/clock.ts";
import type { QueueConfig } from "./queue-config.ts";

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
