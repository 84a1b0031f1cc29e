import type { TokenSource } from "../auth/token-source.ts";
import type { Duration } from "../core/duration.ts";
import type { Logger } from "../core/logger.ts";
import type { Hooks } from "../execution/hooks.ts";
import type { Serializer } from "../payload/serializer.ts";
import type { ApiRetryOptions } from "../transport/retry-policy.ts";
import type { Transport } from "../transport/transport.ts";
import type { AppEngineTarget } from "./app-engine.ts";

/** Where a push goes instead of to Cloud Tasks: into this process at once, or to the worker's URL at once. */
export type EagerMode = "immediate" | "remote";

/** The configuration of a client. An option that is `undefined` counts as not given. */
export interface ClientOptions extends Hooks {
  /** Where the worker is mounted, as Cloud Tasks reaches it: an absolute http(s) URL of at most 2083 characters. */
  readonly url: string;
  /**
   * The Google Cloud project. Default: `GOOGLE_CLOUD_PROJECT` or `GCLOUD_PROJECT`, then the metadata server; with an
   * emulator `local-project`.
   */
  readonly project?: string | undefined;
  /**
   * The location of the queues, such as `europe-west1`. Default: `GOOGLE_CLOUD_LOCATION`, `GOOGLE_CLOUD_REGION` or
   * `FUNCTION_REGION`, then the metadata server; with an emulator `us-central1`.
   */
  readonly location?: string | undefined;
  /** The queue of tasks that name none. Default `default`. */
  readonly queue?: string | undefined;
  /**
   * The service account whose OIDC token Cloud Tasks attaches to each call, and the worker verifies. A list moves from one to
   * another: the first is attached, all are accepted.
   */
  readonly serviceAccount?: string | readonly string[] | undefined;
  /** The audience of that token: the worker accepts no other. Default: `url`, also where a definition has a URL of its own. */
  readonly audience?: string | undefined;
  /**
   * A shared secret, sent with every task and demanded by the worker. A list rotates: the first is sent, all are accepted.
   * The empty string is refused, so that an unset variable cannot open the worker.
   */
  readonly secret?: string | readonly string[] | undefined;
  /** The header that carries the secret; not `Authorization` where there is a `serviceAccount`. Default `X-CloudTask-Secret`. */
  readonly secretHeader?: string | undefined;
  /** Sends everything to one queue, whatever tasks say: for staging. */
  readonly forceToQueue?: string | undefined;
  /**
   * `"immediate"`: `push()` runs the handler in this process, with its validation, dependencies and serialization.
   * `"remote"`: it sends the request that Cloud Tasks would send to `url` at once, without an OIDC token: only Google can sign
   * one. Default: Cloud Tasks.
   */
  readonly eager?: EagerMode | undefined;
  /**
   * Tasks go to App Engine, as `{}` or `{ service: "api" }` says, in place of an HTTP target; of `url` only the path then counts,
   * and with `eager: "remote"` all of it. Cloud Tasks attaches no OIDC token to them, so it takes a `secret`, and no
   * `serviceAccount`.
   */
  readonly appEngine?: AppEngineTarget | undefined;
  /**
   * How long Cloud Tasks waits for the worker's answer: 15 s to 30 min, for App Engine to 24 h 15 s. Default: Cloud Tasks' own,
   * 10 min.
   */
  readonly dispatchDeadline?: Duration | undefined;
  /** Extra headers of every task; not `Authorization` where there is a `serviceAccount`, whose token takes its place. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Names every task, so that a retried push can never create a second one. Default `false`: at least once. */
  readonly idempotent?: boolean | undefined;
  /**
   * Holds what a handler pushes until it has returned and its dependencies were torn down, and sends it before the delivery is
   * answered: a handler that fails, or whose commit fails, pushes nothing. Default `false`: pushes are sent at once.
   */
  readonly deferPushes?: boolean | undefined;
  /** The IANA time zone of a date-time string without an offset. Default `UTC`. */
  readonly timezone?: string | undefined;
  /** How payloads become text, in place of plain JSON. */
  readonly serializer?: Serializer | undefined;
  /**
   * `host:port` of an emulator. Default: `CLOUD_TASKS_EMULATOR_HOST`; it needs no credentials. The worker then accepts the
   * emulator's OIDC tokens, and not Google's: never set it in production.
   */
  readonly emulatorHost?: string | undefined;
  /** Where the API is, without a user name or password. Default `https://cloudtasks.googleapis.com`. */
  readonly apiEndpoint?: string | undefined;
  /**
   * Gives access tokens for the API, within 30 s. Default: the metadata server, then `google-auth-library` where it is
   * installed.
   */
  readonly token?: TokenSource | undefined;
  /** The time limit of one try of an API call. Default 10 s. */
  readonly apiTimeout?: Duration | undefined;
  /** How transient failures of API calls are retried. Default: for 20 s in total, 100 ms to 5 s apart. */
  readonly apiRetry?: ApiRetryOptions | undefined;
  /** How calls of the API travel, in place of REST over HTTP; not beside `apiEndpoint`, `token`, `apiTimeout` and `apiRetry`. */
  readonly transport?: Transport | undefined;
  /** Where the library tells of refused calls, discarded tasks and failed hooks. Default: nowhere. */
  readonly logger?: Logger | undefined;
}
