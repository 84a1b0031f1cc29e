import type { TokenSource } from "../auth/token-source.ts";
import type { Duration } from "../core/duration.ts";
import type { HttpAgent } from "../core/http-sender.ts";
import type { Logger } from "../core/logger.ts";
import type { QueuesInput } from "../core/queue-settings.ts";
import type { RetrySettings } from "../core/retry-settings.ts";
import type { Hooks } from "../execution/hooks.ts";
import type { Serializer } from "../payload/serializer.ts";
import type { ApiRetryOptions } from "../transport/retry-policy.ts";
import type { Transport } from "../transport/transport.ts";
import type { AppEngineTarget } from "./app-engine.ts";
import type { ShardedQueue } from "./queues/shard.ts";

/** A way to bypass Cloud Tasks: `"immediate"` runs the handler in this process, `"remote"` calls the worker's URL. */
export type EagerMode = "immediate" | "remote";

/**
 * A configuration value, or a function that returns it. The function is called once, when the first push or delivery needs the
 * value, so a build or a deploy tool can load the module while environment variables are unset. If a required value is missing or
 * empty, that push or delivery fails with a `CloudTaskError` with the code `CONFIGURATION_MISSING`.
 *
 * @example
 * ```ts
 * const client = new CloudTaskClient({ url: () => process.env.TASKS_URL, secret: () => process.env.TASKS_SECRET });
 * ```
 */
export type ConfigValue<T> = T | (() => T);

/**
 * The configuration of a client. An option that is `undefined` counts as missing.
 *
 * @typeParam Format - the type of the `serializer`
 * @typeParam QueueName - the ids of `queues`
 *
 * @example
 * ```ts
 * const options: ClientOptions = {
 *   project: "my-gcp-project",
 *   location: "europe-west1",
 *   url: "https://api.myapp.com/tasks/run",
 *   serviceAccount: "tasks@my-gcp-project.iam.gserviceaccount.com",
 * };
 * const client = new CloudTaskClient(options);
 * ```
 */
export interface ClientOptions<
  Format extends Serializer | undefined = Serializer | undefined,
  QueueName extends string = string,
> extends Hooks {
  /** The URL of the worker, as Cloud Tasks reaches it: an absolute http(s) URL of at most 2083 characters. */
  readonly url: ConfigValue<string | undefined>;
  /**
   * The Google Cloud project. Default: the environment variable `GOOGLE_CLOUD_PROJECT` or `GCLOUD_PROJECT`, then the metadata
   * server; with an emulator `local-project`.
   */
  readonly project?: ConfigValue<string | undefined>;
  /**
   * The location of the queues, such as `europe-west1`. Default: the environment variable `GOOGLE_CLOUD_LOCATION`,
   * `GOOGLE_CLOUD_REGION` or `FUNCTION_REGION`, then the metadata server; with an emulator `us-central1`.
   */
  readonly location?: ConfigValue<string | undefined>;
  /** The queue of tasks whose definition and push set none: its id, or the result of `shard()`. Default `default`. */
  readonly queue?: NoInfer<QueueName> | ShardedQueue<NoInfer<QueueName>> | undefined;
  /**
   * The queues, with their settings. Every queue that a client, a definition or a push selects must be one of them; TypeScript checks
   * the names as well. The client does not create queues: the emulator and `createAdmin().queues.plan()` accept the same description.
   * Default: any queue.
   *
   * @example
   * ```ts
   * const client = new CloudTaskClient({
   *   url: "https://api.myapp.com/tasks/run",
   *   queues: { default: null, emails: { rate: 50, deadLetter: "emails-dead" }, "emails-dead": { paused: true } },
   * });
   * ```
   */
  readonly queues?: QueuesInput<QueueName> | undefined;
  /**
   * The e-mail address of a service account. Cloud Tasks attaches its OIDC token to each delivery, and the worker verifies the
   * token. To replace an account, pass a list: the first one is attached, all are accepted.
   */
  readonly serviceAccount?: ConfigValue<string | readonly string[] | undefined>;
  /**
   * The audience of the OIDC tokens. The worker accepts this audience and those of its definitions, and no others. Default:
   * `url`, even for definitions with their own URL.
   */
  readonly audience?: ConfigValue<string | undefined>;
  /**
   * A shared secret, which is sent with every task and required by the worker. To rotate it, pass a list: the first one is
   * sent, all are accepted. It must have at least 8 characters, unless an emulator is used. An empty string is an error:
   * otherwise an unset variable would disable authentication.
   */
  readonly secret?: ConfigValue<string | readonly string[] | undefined>;
  /**
   * The name of the header that contains the secret. It must not be `Authorization` if there is a `serviceAccount`. Default
   * `X-CloudTask-Secret`.
   */
  readonly secretHeader?: string | undefined;
  /** Sends all tasks to this queue, for staging. Overrides the queue of definitions and pushes. */
  readonly forceToQueue?: NoInfer<QueueName> | ShardedQueue<NoInfer<QueueName>> | undefined;
  /**
   * Bypasses Cloud Tasks, for development. `"immediate"`: `push()` runs the handler in this process, with validation,
   * dependencies and serialization. `"remote"`: `push()` immediately sends the request of Cloud Tasks to `url`, but without an
   * OIDC token, because only Google can sign one. Default: pushes go to Cloud Tasks.
   */
  readonly eager?: EagerMode | undefined;
  /**
   * Sends tasks to App Engine instead of an HTTP target: `{}`, or a service such as `{ service: "api" }`. Then only the path of
   * `url` is used, unless `eager` is `"remote"`. Cloud Tasks attaches no OIDC token to these tasks, so set a `secret` and no
   * `serviceAccount`.
   */
  readonly appEngine?: AppEngineTarget | undefined;
  /** The time that Cloud Tasks waits for an answer: 15 s to 30 min, for App Engine up to 24 h 15 s. Default: 10 min. */
  readonly dispatchDeadline?: Duration | undefined;
  /**
   * The retries of all tasks. The `retry` of a queue in `queues`, a definition and a push override each field, in this order. Without
   * any, the settings of the queue in Cloud Tasks apply: https://cloud.google.com/tasks/docs/configuring-queues#retry
   */
  readonly retry?: RetrySettings | undefined;
  /**
   * Extra headers of every task. They must not contain `Authorization` if there is a `serviceAccount`, because its token uses
   * that header.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Gives every task a random name, so a retried push cannot create it twice. Default `false`: a retried push can create a second
   * task.
   */
  readonly idempotent?: boolean | undefined;
  /**
   * Defers the pushes of handlers until the handler has returned and its dependencies were torn down, and sends them before the
   * delivery is answered. If the handler or its commit fails, nothing is pushed. Default `false`: pushes are sent immediately.
   */
  readonly deferPushes?: boolean | undefined;
  /**
   * A paused queue that keeps discarded tasks, each with its reason. See `createAdmin().deadLetters`. Default: discarded tasks
   * are dropped after `onDiscard`.
   */
  readonly deadLetter?: NoInfer<QueueName> | undefined;
  /** The IANA time zone of date-time strings without an offset. Default `UTC`. */
  readonly timezone?: string | undefined;
  /** Converts payloads to text and back, instead of plain JSON. */
  readonly serializer?: Format | undefined;
  /**
   * `host:port` of an emulator, which needs no credentials. The worker then accepts the OIDC tokens of the emulator and rejects
   * Google's, so never set it in production. Default: the environment variable `CLOUD_TASKS_EMULATOR_HOST`.
   */
  readonly emulatorHost?: string | undefined;
  /** The address of the API, without a user name or password. Default `https://cloudtasks.googleapis.com`. */
  readonly apiEndpoint?: string | undefined;
  /**
   * Returns access tokens for the API, within 30 s. Default: the metadata server, then `google-auth-library` if it is installed.
   */
  readonly token?: TokenSource | undefined;
  /** The time limit of one attempt of an API call. Default 10 s. */
  readonly apiTimeout?: Duration | undefined;
  /** Retries of transient failures of API calls. Default: for 20 s in total, 100 ms to 5 s apart. */
  readonly apiRetry?: ApiRetryOptions | undefined;
  /**
   * The `https.Agent` of the connections to the API, for example for a proxy or for your own certificates. Only on Node, and not used
   * for an emulator. `client.close()` does not destroy it. Default: an agent with up to 128 persistent connections. It uses the
   * proxy in `HTTPS_PROXY` if Node does, with `NODE_USE_ENV_PROXY=1` from Node 24.5.
   */
  readonly agent?: HttpAgent | undefined;
  /**
   * Sends API calls, instead of REST over HTTP. Cannot be combined with `agent`, `apiEndpoint`, `token`, `apiTimeout` or
   * `apiRetry`.
   */
  readonly transport?: Transport | undefined;
  /**
   * Logs rejected requests, failed runs, discarded tasks and failed hooks. Default: `console` with an emulator, otherwise nothing is
   * logged.
   */
  readonly logger?: Logger | undefined;
}
