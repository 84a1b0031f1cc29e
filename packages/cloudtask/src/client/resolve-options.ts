import { checkBoolean, checkFunction, checkMethods, rejectUnknownOptions } from "../core/check-options.ts";
import { type Duration, durationMs } from "../core/duration.ts";
import { environment } from "../core/environment.ts";
import { checkHeaders, rejectAuthorization } from "../core/headers.ts";
import { LONGEST_TIMER_MS } from "../core/longest-timer.ts";
import { checkQueueId } from "../core/resource-name.ts";
import { checkTimezone } from "../core/time-input.ts";
import type { Hooks } from "../execution/hooks.ts";
import type { ApiRetryOptions } from "../transport/retry-policy.ts";
import { type AppEngineTarget, checkAppEngine, checkAppEngineCaller } from "./app-engine.ts";
import type { ClientOptions } from "./client-options.ts";
import { checkDispatchDeadline, checkUrlLength } from "./push/limits.ts";

/** Client options, checked, with their defaults. */
export interface ResolvedOptions
  extends Omit<
    ClientOptions,
    | "audience"
    | "apiTimeout"
    | "appEngine"
    | "dispatchDeadline"
    | "headers"
    | "deferPushes"
    | "idempotent"
    | "queue"
    | "secret"
    | "secretHeader"
    | "serviceAccount"
    | "timezone"
  > {
  readonly audience: string;
  readonly apiEndpoint: string;
  readonly apiTimeoutMs: number;
  /** `undefined` for HTTP targets. */
  readonly appEngine: AppEngineTarget | undefined;
  readonly dispatchDeadlineMs: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly deferPushes: boolean;
  readonly idempotent: boolean;
  readonly queue: string;
  readonly secrets: readonly string[];
  readonly secretHeader: string;
  /** The one whose token is attached. */
  readonly serviceAccount: string | undefined;
  /** Those whose tokens the worker accepts. */
  readonly serviceAccounts: readonly string[];
  readonly timezone: string;
}

const WHAT = "CloudTaskClient";

const KNOWN: { readonly [Option in keyof Required<ClientOptions>]: true } = {
  apiEndpoint: true,
  apiRetry: true,
  apiTimeout: true,
  appEngine: true,
  audience: true,
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
  secret: true,
  secretHeader: true,
  serializer: true,
  serviceAccount: true,
  timezone: true,
  token: true,
  transport: true,
  url: true,
};

/** What py-cloud-task and Google's own client call them. */
const RENAMED = {
  sae: "serviceAccount",
  service_account_email: "serviceAccount",
  serviceAccountEmail: "serviceAccount",
  secret_header_name: "secretHeader",
  timeout: "dispatchDeadline",
  base_url: "url",
  projectId: "project",
  region: "location",
} as const;

const API_RETRY: { readonly [Option in keyof Required<ApiRetryOptions>]: true } = {
  maxDelay: true,
  minDelay: true,
  totalTimeout: true,
};

/**
 * @param options - as given; not changed
 * @returns the same, checked, with defaults
 * @throws TypeError that says which option is wrong and what it should be; LimitError for a value out of range
 */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${WHAT}: expected options such as { url: "https://api.example.com/tasks/run" }`);
  }
  rejectUnknownOptions(options, Object.keys(KNOWN), WHAT, RENAMED);
  checkParts(options);
  const { apiTimeout, dispatchDeadline, secret, eager, apiRetry, ...rest } = options;
  const url = checkWorkerUrl(options.url, "url");
  const serviceAccounts = checkServiceAccounts(options.serviceAccount);
  if (eager !== undefined && eager !== "immediate" && eager !== "remote") {
    throw new TypeError(`${WHAT}: eager must be "immediate", "remote" or undefined, received ${JSON.stringify(eager)}`);
  }
  const appEngine = checkAppEngine(options.appEngine, WHAT) || undefined;
  checkAppEngineCaller(appEngine, options, WHAT);
  refuseBesideTransport(options);
  refuseUserInfo(options.apiEndpoint, "apiEndpoint");
  const emulatorHost = optional(options.emulatorHost ?? environment("CLOUD_TASKS_EMULATOR_HOST"), checkEmulatorHost);
  return {
    ...rest,
    ...checkHooks(options, WHAT),
    url,
    eager,
    apiRetry: checkApiRetry(apiRetry),
    project: checkName(options.project, "project"),
    location: checkName(options.location, "location"),
    audience: checkText(options.audience ?? url, "audience"),
    queue: checkQueueId(options.queue ?? "default", `${WHAT}: queue`),
    forceToQueue: optional(options.forceToQueue, (queue) => checkQueueId(queue, `${WHAT}: forceToQueue`)),
    serviceAccount: serviceAccounts[0],
    serviceAccounts,
    secrets: checkSecrets(secret),
    secretHeader: checkSecretHeader(options.secretHeader ?? "X-CloudTask-Secret", options.serviceAccount),
    headers: rejectAuthorization(checkHeaders(options.headers ?? {}, WHAT), options.serviceAccount, WHAT),
    appEngine,
    dispatchDeadlineMs: optional(dispatchDeadline, (given) =>
      checkDispatchDeadline(given, appEngine ? "appEngine" : "http", WHAT),
    ),
    deferPushes: checkBoolean(options.deferPushes ?? false, `${WHAT}: deferPushes`),
    idempotent: checkBoolean(options.idempotent ?? false, `${WHAT}: idempotent`),
    // Asking for a time zone loads the platform's tables, some 20 ms, which the default does not have to pay.
    timezone: options.timezone === undefined ? "UTC" : checkTimezone(options.timezone, `${WHAT}: timezone`),
    emulatorHost,
    apiEndpoint: checkUrl(options.apiEndpoint ?? "https://cloudtasks.googleapis.com", "apiEndpoint"),
    apiTimeoutMs: checkTimeout(apiTimeout ?? "10s"),
  };
}

/**
 * @param url - where a worker is: an absolute http(s) URL
 * @param option - which option it is
 * @returns the same
 * @throws TypeError where it is none; LimitError where Cloud Tasks would find it too long
 */
export function checkWorkerUrl(url: unknown, option: string): string {
  const checked = checkUrl(url, option);
  checkUrlLength(new URL(checked).href, `${WHAT}: ${option}`);
  return checked;
}

function checkUrl(url: unknown, option: string): string {
  const parsed = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
  if (typeof url === "string" && (parsed?.protocol === "https:" || parsed?.protocol === "http:")) return url;
  const received = url === undefined || url === "" ? "nothing" : JSON.stringify(url);
  throw new TypeError(
    `${WHAT}: ${option} must be an absolute http(s) URL, such as "https://api.example.com/tasks/run"; received ${received}`,
  );
}

/**
 * @param hooks - as given to a client or a definition
 * @param what - whose they are, for the message
 * @returns the same
 * @throws TypeError where one is no function
 */
export function checkHooks({ onSuccess, onError, onDiscard }: Hooks, what: string): Hooks {
  checkFunction(onSuccess, `${what}: onSuccess`);
  checkFunction(onError, `${what}: onError`);
  checkFunction(onDiscard, `${what}: onDiscard`);
  return { onSuccess, onError, onDiscard };
}

function checkParts({ logger, serializer, token, transport }: ClientOptions): void {
  checkMethods(logger, ["warn", "error"], `${WHAT}: logger`);
  checkMethods(serializer, ["stringify", "parse"], `${WHAT}: serializer`);
  checkMethods(transport, ["call", "close"], `${WHAT}: transport`);
  checkFunction(token, `${WHAT}: token`);
}

function checkApiRetry(apiRetry: ApiRetryOptions | undefined): ApiRetryOptions | undefined {
  if (apiRetry === undefined) return undefined;
  if (typeof apiRetry !== "object" || apiRetry === null) {
    throw new TypeError(
      `${WHAT}: \`apiRetry\` must be options such as { totalTimeout: "1m" }, received ${typeof apiRetry}`,
    );
  }
  rejectUnknownOptions(apiRetry, Object.keys(API_RETRY), `${WHAT}: apiRetry`);
  return apiRetry;
}

function checkText(text: unknown, option: string): string {
  if (typeof text === "string" && text !== "") return text;
  throw new TypeError(`${WHAT}: ${option} must be a string that is not empty, received ${JSON.stringify(text)}`);
}

/** One that Cloud Tasks drops or replaces would leave every delivery without its secret. */
function checkSecretHeader(name: unknown, serviceAccount: unknown): string {
  const text = checkText(name, "secretHeader");
  checkHeaders({ [text]: "secret" }, `${WHAT}: secretHeader`);
  if (serviceAccount === undefined || text.toLowerCase() !== "authorization") return text;
  throw new TypeError(
    `${WHAT}: secretHeader must not be ${text} together with serviceAccount: Cloud Tasks puts its OIDC token there in place ` +
      "of the secret, and the worker would answer 403 to every delivery; choose another, or leave it at X-CloudTask-Secret",
  );
}

/** Never shows what was given: messages show these addresses, and nobody expects a password there. */
function refuseUserInfo(url: unknown, option: string): void {
  if (typeof url !== "string" || !url.includes("@")) return;
  throw new TypeError(`${WHAT}: ${option} must not hold a user name or a password, nor any other "@"`);
}

/** What only the library's own transport reads would be given in vain. */
function refuseBesideTransport(options: ClientOptions): void {
  if (options.transport === undefined) return;
  for (const option of ["apiEndpoint", "apiRetry", "apiTimeout", "token"] as const) {
    if (options[option] === undefined) continue;
    throw new TypeError(
      `${WHAT}: ${option} and transport exclude each other: a transport of one's own decides that itself`,
    );
  }
}

function checkEmulatorHost(host: unknown): string {
  refuseUserInfo(host, "emulatorHost (or CLOUD_TASKS_EMULATOR_HOST)");
  const valid = typeof host === "string" && host !== "" && URL.canParse(host.includes("://") ? host : `http://${host}`);
  if (valid) return host;
  throw new TypeError(
    `${WHAT}: emulatorHost (or CLOUD_TASKS_EMULATOR_HOST) must be host:port, such as "127.0.0.1:8123", received ${JSON.stringify(host)}`,
  );
}

function checkTimeout(timeout: Duration): number {
  const ms = durationMs(timeout, `${WHAT}: apiTimeout`);
  if (ms > 0 && ms <= LONGEST_TIMER_MS) return ms;
  throw new TypeError(`${WHAT}: apiTimeout must be longer than 0 and at most 24d, received ${JSON.stringify(timeout)}`);
}

function optional<T, R>(value: T | undefined, check: (value: T) => R): R | undefined {
  return value === undefined ? undefined : check(value);
}

/** Project ids and locations; `PROJECT_ID` may hold a domain. Source: `Queue.name` in google/cloud/tasks/v2/queue.proto. */
function checkName(name: unknown, option: string): string | undefined {
  if (name === undefined || (typeof name === "string" && /^[A-Za-z0-9:.-]+$/.test(name))) return name;
  throw new TypeError(
    `${WHAT}: ${option} must be an id such as "${option === "project" ? "my-project" : "europe-west1"}", received ${JSON.stringify(name)}`,
  );
}

function checkServiceAccounts(given: unknown): readonly string[] {
  if (given === undefined) return [];
  const accounts: readonly unknown[] = Array.isArray(given) ? [...given] : [given];
  const valid = accounts.every((each) => typeof each === "string" && /^[^@\s]+@[^@\s]+$/.test(each));
  if (valid && accounts.length > 0) return accounts as readonly string[];
  throw new TypeError(
    `${WHAT}: serviceAccount must be an e-mail address such as "tasks@my-project.iam.gserviceaccount.com", or a list of them, received ${JSON.stringify(given)}`,
  );
}

/** Never shows what was given: it may be a secret all the same. */
function checkSecrets(secret: unknown): readonly string[] {
  if (secret === undefined) return [];
  const secrets: readonly unknown[] = Array.isArray(secret) ? [...secret] : [secret];
  const valid = secrets.every((each) => typeof each === "string" && /^[\x21-\x7e]+$/.test(each));
  if (valid && secrets.length > 0) return secrets as readonly string[];
  throw new TypeError(
    `${WHAT}: secret must be a string, or a list of strings, of printable ASCII without spaces, and not empty: ` +
      "is the environment variable that holds it set?",
  );
}
