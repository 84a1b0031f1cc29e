import type { Duration } from "./duration.ts";
import type { Rate } from "./rate.ts";
import type { RetrySettings } from "./retry-settings.ts";

/**
 * The settings of a queue. A missing setting keeps the default of Cloud Tasks or, when an existing queue is changed, its current
 * value.
 *
 * @example
 * ```ts
 * const emails: QueueSettings = { rate: 50, concurrency: 20, retry: { maxAttempts: 8 }, deadLetter: "emails-dead" };
 * ```
 */
export interface QueueSettings {
  /**
   * The maximum number of dispatches per second, retries included: more than 0, at most 500. `"100/m"` is 100 a minute. Default
   * 500.
   */
  readonly rate?: Rate | undefined;
  /** The maximum number of deliveries at the same time, 1 to 5000. Default 1000. */
  readonly concurrency?: number | undefined;
  /**
   * The retries of tasks that set none of their own. A client with this description in its `queues` sends them with each task, so the
   * worker discards a task at these limits, before Cloud Tasks drops it.
   */
  readonly retry?: RetrySettings | undefined;
  /** `true` to pause the queue: it accepts tasks and delivers none. Default `false`. */
  readonly paused?: boolean | undefined;
  /** The age at which a task is deleted even if it was not delivered, 10 days to 10 years. Default: 31 days. */
  readonly taskTtl?: Duration | undefined;
  /** The share of operations that are written to Cloud Logging, 0 to 1. Default 0: nothing is logged. */
  readonly logging?: number | undefined;
  /** Replaces parts of the requests of all HTTP tasks of the queue, when they are delivered. */
  readonly target?: QueueTarget | undefined;
  /** The App Engine service that runs all App Engine tasks of the queue. It overrides the service of a task. */
  readonly routing?: QueueRouting | undefined;
  /** The queue that keeps discarded tasks. It must be one of the described queues, with `paused: true`. */
  readonly deadLetter?: string | undefined;
  /**
   * Spreads the tasks over this many queues, 2 to 1000: for example, `emails` with 3 shards becomes `emails-0`, `emails-1` and `emails-2`, each with
   * these settings. Default: one queue without a number.
   */
  readonly shards?: number | undefined;
}

/**
 * The parts of the requests that a queue replaces. A part that is not set keeps the task's value.
 *
 * @example
 * ```ts
 * const target: QueueTarget = { host: "worker.example.com", headers: { "X-Region": "eu" } };
 * ```
 */
export interface QueueTarget {
  /** `http` or `https`. */
  readonly scheme?: "http" | "https" | undefined;
  /** The host name, without a port. */
  readonly host?: string | undefined;
  /** The port, 1 to 65535. */
  readonly port?: number | undefined;
  /** The path, such as `/tasks/run`. */
  readonly path?: string | undefined;
  /** The query, without `?`. */
  readonly query?: string | undefined;
  /** The HTTP method. A method without a body, such as `GET`, cannot deliver a task with a body. */
  readonly method?: "POST" | "GET" | "HEAD" | "PUT" | "DELETE" | "PATCH" | "OPTIONS" | undefined;
  /** Headers that are added, or that replace those of the task. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The e-mail address of the service account whose token is attached. */
  readonly serviceAccount?: string | undefined;
  /** The audience of the OIDC token. Default: the URL of each task. */
  readonly audience?: string | undefined;
  /** Attaches an OAuth access token with this scope instead of an OIDC token, for APIs of `*.googleapis.com`. */
  readonly oauthScope?: string | undefined;
}

/**
 * The App Engine service, version and instance that run the tasks of a queue. If a part is not set, App Engine selects its default.
 *
 * @example
 * ```ts
 * const reports: QueueSettings = { routing: { service: "reports", version: "v2" } };
 * ```
 */
export interface QueueRouting {
  /** The id of the service. */
  readonly service?: string | undefined;
  /** The id of the version. */
  readonly version?: string | undefined;
  /** The id of the instance. */
  readonly instance?: string | undefined;
}

/**
 * Queues by id, with their settings; `null` is a queue with the default settings.
 *
 * @example
 * ```ts
 * const queues = {
 *   default: null,
 *   emails: { rate: 50, deadLetter: "emails-dead" },
 *   "emails-dead": { paused: true },
 * } satisfies Queues;
 * ```
 */
export type Queues = Readonly<Record<string, QueueSettings | null>>;

/**
 * The settings of a queue, with any string in place of a duration or a method: the type of an imported JSON file. The strings are
 * checked at runtime.
 *
 * @example
 * ```ts
 * const fromFile: QueueSettingsInput = JSON.parse('{ "rate": "100/m" }');
 * ```
 */
export interface QueueSettingsInput extends AnyText<QueueSettings> {}

/**
 * A description of queues: an object in the code, or the `queues` of an imported JSON file.
 *
 * @typeParam Name - the ids of the queues
 *
 * @example
 * ```ts
 * import config from "./cloudtask.json" with { type: "json" };
 *
 * const queues: QueuesInput<keyof typeof config.queues> = config.queues;
 * ```
 */
export type QueuesInput<Name extends string = string> = { readonly [Id in Name]: QueueSettingsInput | null };

/** A type with `string` in place of every literal and template type. */
export type AnyText<T> = T extends string
  ? string
  : T extends object
    ? { readonly [Key in keyof T]: AnyText<T[Key]> }
    : T;
