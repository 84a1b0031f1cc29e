import { checkBoolean, checkFunction, checkMethods, rejectUnknownOptions } from "../core/check-options.ts";
import { type Duration, durationMs } from "../core/duration.ts";
import { environment } from "../core/environment.ts";
import { checkHeaders, rejectAuthorization } from "../core/headers.ts";
import type { Logger } from "../core/logger.ts";
import { LONGEST_TIMER_MS } from "../core/longest-timer.ts";
import { checkRetry, type ResolvedRetry } from "../core/retry-settings.ts";
import { checkTimezone } from "../core/time-input.ts";
import type { Hooks } from "../execution/hooks.ts";
import type { ApiRetryOptions } from "../transport/retry-policy.ts";
import { type AppEngineTarget, checkAppEngine, checkAppEngineCaller } from "./app-engine.ts";
import type { ClientOptions } from "./client-options.ts";
import { checkDeadLetter } from "./dead-letter/dead-letter-queue.ts";
import { checkText, checkUrl, Deployment, type DeploymentOption } from "./deployment.ts";
import { checkDispatchDeadline } from "./push/limits.ts";
import { ClientQueues, type QueueChoice } from "./queues/client-queues.ts";

/** Checked client options with their defaults. */
export interface ResolvedOptions
  extends Omit<
    ClientOptions,
    | DeploymentOption
    | "apiTimeout"
    | "appEngine"
    | "dispatchDeadline"
    | "headers"
    | "deferPushes"
    | "idempotent"
    | "forceToQueue"
    | "queue"
    | "queues"
    | "retry"
    | "secretHeader"
    | "timezone"
  > {
  readonly apiEndpoint: string;
  readonly apiTimeoutMs: number;
  /** `undefined` for HTTP targets. */
  readonly appEngine: AppEngineTarget | undefined;
  /** The options that differ between deployments. */
  readonly deployment: Deployment;
  readonly dispatchDeadlineMs: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly deferPushes: boolean;
  readonly idempotent: boolean;
  readonly forceToQueue: QueueChoice | undefined;
  /** `undefined` if the client describes its queues, and none is named \`default\`. */
  readonly queue: QueueChoice | undefined;
  readonly queues: ClientQueues;
  readonly retry: ResolvedRetry;
  readonly secretHeader: string;
  readonly timezone: string;
}

const SUBJECT = "CloudTaskClient";

const KNOWN: { readonly [Option in keyof Required<ClientOptions>]: true } = {
  agent: true,
  apiEndpoint: true,
  apiRetry: true,
  apiTimeout: true,
  appEngine: true,
  audience: true,
  deadLetter: true,
  dispatchDeadline: true,
  eager: true,
  emulatorHost: true,
  forceToQueue: true,
  headers: true,
  deferPushes: true,
  idempotent: true,
  location: true,
  logger: true,
  onDiscard: true,
  onError: true,
  onSuccess: true,
  project: true,
  queue: true,
  queues: true,
  retry: true,
  secret: true,
  secretHeader: true,
  serializer: true,
  serviceAccount: true,
  timezone: true,
  token: true,
  transport: true,
  url: true,
};

/** Names of these options in py-cloud-task and in Google's client. */
const RENAMED = {
  sae: "serviceAccount",
  service_account_email: "serviceAccount",
  serviceAccountEmail: "serviceAccount",
  secret_header_name: "secretHeader",
  timeout: "dispatchDeadline",
  base_url: "url",
  projectId: "project",
  region: "location",
  maxAttempts: "retry.maxAttempts",
} as const;

const API_RETRY: { readonly [Option in keyof Required<ApiRetryOptions>]: true } = {
  maxDelay: true,
  minDelay: true,
  totalTimeout: true,
};

/**
 * Checks the options of a client, and fills in the defaults.
 *
 * @throws TypeError for an invalid option; LimitError for a value out of range
 */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${SUBJECT}: expected options such as { url: "https://api.example.com/tasks/run" }`);
  }
  rejectUnknownOptions(options, Object.keys(KNOWN), SUBJECT, RENAMED);
  checkParts(options);
  const { apiTimeout, dispatchDeadline, eager, apiRetry, ...rest } = options;
  const emulatorHost = optional(options.emulatorHost ?? environment("CLOUD_TASKS_EMULATOR_HOST"), checkEmulatorHost);
  const deployment = new Deployment(options, { emulator: emulatorHost !== undefined });
  const serviceAccount = deployment.knownServiceAccount;
  if (eager !== undefined && eager !== "immediate" && eager !== "remote") {
    throw new TypeError(`${SUBJECT}: \`eager\` must be "immediate" or "remote", received ${JSON.stringify(eager)}`);
  }
  const appEngine = checkAppEngine(options.appEngine, SUBJECT) || undefined;
  checkAppEngineCaller(appEngine, serviceAccount, SUBJECT);
  rejectTransportConflicts(options);
  rejectUserInfo(options.apiEndpoint, "apiEndpoint");
  const queues = new ClientQueues(options.queues);
  const queue = optional(options.queue, (choice) => queues.check(choice, `${SUBJECT}: queue`)) ?? queues.fallback;
  const forceToQueue = optional(options.forceToQueue, (choice) => queues.check(choice, `${SUBJECT}: forceToQueue`));
  return {
    ...rest,
    ...checkHooks(options, SUBJECT),
    deployment,
    eager,
    apiRetry: checkApiRetry(apiRetry),
    queue,
    queues,
    forceToQueue,
    deadLetter: optional(options.deadLetter, (id) =>
      checkDeadLetter(id, { queues, home: forceToQueue ?? queue, subject: SUBJECT }),
    ),
    retry: checkRetry(options.retry, SUBJECT),
    secretHeader: checkSecretHeader(options.secretHeader ?? "X-CloudTask-Secret", serviceAccount),
    headers: rejectAuthorization(checkHeaders(options.headers ?? {}, SUBJECT), serviceAccount, SUBJECT),
    appEngine,
    dispatchDeadlineMs: optional(dispatchDeadline, (deadline) =>
      checkDispatchDeadline(deadline, appEngine ? "appEngine" : "http", SUBJECT),
    ),
    deferPushes: checkBoolean(options.deferPushes ?? false, `${SUBJECT}: deferPushes`),
    idempotent: checkBoolean(options.idempotent ?? false, `${SUBJECT}: idempotent`),
    // Checking a time zone loads the platform's tables, which takes about 20 ms; the default needs no check.
    timezone: options.timezone === undefined ? "UTC" : checkTimezone(options.timezone, `${SUBJECT}: timezone`),
    logger: options.logger ?? defaultLogger(emulatorHost),
    emulatorHost,
    apiEndpoint: checkUrl(options.apiEndpoint ?? "https://cloudtasks.googleapis.com", `${SUBJECT}: \`apiEndpoint\``),
    apiTimeoutMs: checkTimeout(apiTimeout ?? "10s"),
  };
}

/** Checks the hooks of a client or a definition, and returns them. */
export function checkHooks({ onSuccess, onError, onDiscard }: Hooks, subject: string): Hooks {
  checkFunction(onSuccess, `${subject}: onSuccess`);
  checkFunction(onError, `${subject}: onError`);
  checkFunction(onDiscard, `${subject}: onDiscard`);
  return { onSuccess, onError, onDiscard };
}

function checkParts({ agent, logger, serializer, token, transport }: ClientOptions): void {
  checkMethods(agent, ["addRequest"], `${SUBJECT}: \`agent\``);
  checkMethods(logger, ["warn", "error"], `${SUBJECT}: logger`);
  checkMethods(serializer, ["stringify", "parse"], `${SUBJECT}: serializer`);
  checkMethods(transport, ["call", "close"], `${SUBJECT}: transport`);
  checkFunction(token, `${SUBJECT}: token`);
}

/** In development a failed handler must not be invisible. */
function defaultLogger(emulatorHost: string | undefined): Logger | undefined {
  return emulatorHost === undefined ? undefined : console;
}

function checkApiRetry(apiRetry: ApiRetryOptions | undefined): ApiRetryOptions | undefined {
  if (apiRetry === undefined) return undefined;
  if (typeof apiRetry !== "object" || apiRetry === null) {
    throw new TypeError(
      `${SUBJECT}: \`apiRetry\` must be options such as { totalTimeout: "1m" }, received ${typeof apiRetry}`,
    );
  }
  rejectUnknownOptions(apiRetry, Object.keys(API_RETRY), `${SUBJECT}: apiRetry`);
  return apiRetry;
}

/** Rejects headers that Cloud Tasks drops or replaces: deliveries would arrive without the secret. */
function checkSecretHeader(name: unknown, serviceAccount: unknown): string {
  const text = checkText(name, "secretHeader");
  checkHeaders({ [text]: "secret" }, `${SUBJECT}: secretHeader`);
  if (serviceAccount === undefined || text.toLowerCase() !== "authorization") return text;
  throw new TypeError(
    `${SUBJECT}: \`secretHeader\` must not be ${text} if there is a \`serviceAccount\`. Cloud Tasks replaces that header with its OIDC ` +
      "token, so the worker would answer every delivery with 403. Use another header, such as the default X-CloudTask-Secret.",
  );
}

/** Messages show these addresses, so they must not contain a password. The value is not shown. */
function rejectUserInfo(url: unknown, option: string): void {
  if (typeof url !== "string" || !url.includes("@")) return;
  throw new TypeError(`${SUBJECT}: ${option} must not contain a user name, a password or any other "@"`);
}

/** Rejects options that only the library's own transport reads. */
function rejectTransportConflicts(options: ClientOptions): void {
  if (options.transport === undefined) return;
  for (const option of ["agent", "apiEndpoint", "apiRetry", "apiTimeout", "token"] as const) {
    if (options[option] === undefined) continue;
    throw new TypeError(
      `${SUBJECT}: \`${option}\` and \`transport\` cannot be combined. Configure the transport itself.`,
    );
  }
}

function checkEmulatorHost(host: unknown): string {
  rejectUserInfo(host, "emulatorHost (or CLOUD_TASKS_EMULATOR_HOST)");
  const valid = typeof host === "string" && host !== "" && URL.canParse(host.includes("://") ? host : `http://${host}`);
  if (valid) return host;
  throw new TypeError(
    `${SUBJECT}: emulatorHost (or CLOUD_TASKS_EMULATOR_HOST) must be host:port such as "127.0.0.1:8123", received ${JSON.stringify(host)}`,
  );
}

function checkTimeout(timeout: Duration): number {
  const ms = durationMs(timeout, `${SUBJECT}: apiTimeout`);
  if (ms > 0 && ms <= LONGEST_TIMER_MS) return ms;
  throw new TypeError(
    `${SUBJECT}: \`apiTimeout\` must be longer than 0 and at most 24d, received ${JSON.stringify(timeout)}`,
  );
}

function optional<T, R>(value: T | undefined, check: (value: T) => R): R | undefined {
  return value === undefined ? undefined : check(value);
}
