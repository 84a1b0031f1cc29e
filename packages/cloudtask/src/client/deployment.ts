import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { MIN_SECRET_LENGTH } from "../core/min-secret-length.ts";
import type { ClientOptions } from "./client-options.ts";
import { checkUrlLength } from "./push/limits.ts";

type DeploymentOptions = Pick<ClientOptions, "audience" | "location" | "project" | "secret" | "serviceAccount" | "url">;

/** The name of such an option. */
export type DeploymentOption = keyof DeploymentOptions;

const SUBJECT = "CloudTaskClient";

/** The URL of a run in this process if `url` is not set: `execute()` and tests call no worker over HTTP. */
const LOCAL_URL = "http://localhost/";

/**
 * The options that differ between deployments. They usually come from environment variables. Build and deploy tools load a
 * client's module while those variables are unset. So a missing or empty value is an error when the first push or delivery needs
 * it, and not before.
 */
export class Deployment {
  readonly #options: DeploymentOptions;
  readonly #values = new Map<DeploymentOption, unknown>();
  readonly #context: CheckContext;

  /** @throws TypeError or LimitError if a value that is already known is invalid */
  constructor(options: DeploymentOptions, context: CheckContext) {
    this.#options = options;
    this.#context = context;
    for (const option of Object.keys(CHECKS) as DeploymentOption[]) {
      if (typeof options[option] !== "function" && !isMissing(options[option])) this.#read(option);
    }
  }

  /** The URL of the worker. */
  get url(): string {
    const url = this.#read("url");
    if (url !== undefined) return url as string;
    throw missing("url", "set it to the URL of the worker, such as https://api.example.com/tasks/run");
  }

  /** The URL of the worker, or a local URL if none is set. For runs in this process. */
  get localUrl(): string {
    return (this.#read("url") as string | undefined) ?? LOCAL_URL;
  }

  /** The audience of OIDC tokens; if it is `undefined`, the URL is the audience. */
  get audience(): string | undefined {
    return this.#read("audience") as string | undefined;
  }

  /** The accepted secrets. The first one is sent. */
  get secrets(): readonly string[] {
    return (this.#read("secret") as readonly string[] | undefined) ?? [];
  }

  /** The service accounts whose tokens are accepted. The token of the first one is attached. */
  get serviceAccounts(): readonly string[] {
    return (this.#read("serviceAccount") as readonly string[] | undefined) ?? [];
  }

  get project(): string | undefined {
    return this.#read("project") as string | undefined;
  }

  get location(): string | undefined {
    return this.#read("location") as string | undefined;
  }

  /** The service account, if it is known before the first push; otherwise conflicts with it are found at the push. */
  get knownServiceAccount(): unknown {
    const { serviceAccount } = this.#options;
    return typeof serviceAccount === "function" || isMissing(serviceAccount) ? undefined : serviceAccount;
  }

  /** Calls a function until it has returned a valid value, which is kept. */
  #read(option: DeploymentOption): unknown {
    if (this.#values.has(option)) return this.#values.get(option);
    const configured = this.#options[option];
    const value: unknown = typeof configured === "function" ? configured() : configured;
    if (value === undefined) return undefined;
    if (isMissing(value)) throw missing(option, "check that its environment variable is set");
    const checked = CHECKS[option](value, this.#context);
    this.#values.set(option, checked);
    return checked;
  }
}

/** The context of a check. */
interface CheckContext {
  /** `true` if the client uses an emulator. A short secret then protects only a local machine. */
  readonly emulator: boolean;
}

const CHECKS: { readonly [Option in DeploymentOption]: (value: unknown, context: CheckContext) => unknown } = {
  audience: (value) => checkText(value, "audience"),
  location: (value) => checkLocation(value, `${SUBJECT}: \`location\``),
  project: (value) => checkId(value, `${SUBJECT}: \`project\``, "my-project"),
  secret: checkSecrets,
  serviceAccount: checkServiceAccounts,
  url: (value) => checkWorkerUrl(value, `${SUBJECT}: \`url\``),
};

/** Unset environment variables are `undefined`, or the empty string in containers and `.env` files. */
function isMissing(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isMissing);
  return value === undefined || value === "";
}

function missing(option: DeploymentOption, remedy: string): CloudTaskError {
  return new CloudTaskError("CONFIGURATION_MISSING", `${SUBJECT}: \`${option}\` is not set: ${remedy}`);
}

/**
 * Checks the URL of a worker, and returns it.
 *
 * @throws TypeError if it is not an absolute http(s) URL; LimitError if it is longer than Cloud Tasks accepts
 */
export function checkWorkerUrl(url: unknown, subject: string): string {
  const checked = checkUrl(url, subject);
  checkUrlLength(new URL(checked).href, subject);
  return checked;
}

/** Checks that a value is an absolute http(s) URL, and returns it. */
export function checkUrl(url: unknown, subject: string): string {
  const parsed = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
  if (typeof url === "string" && (parsed?.protocol === "https:" || parsed?.protocol === "http:")) return url;
  throw new TypeError(
    `${subject} must be an absolute http(s) URL such as "https://api.example.com/tasks/run", received ${JSON.stringify(url)}`,
  );
}

/** Checks that a value is a non-empty string, and returns it. */
export function checkText(text: unknown, option: string): string {
  if (typeof text === "string" && text !== "") return text;
  throw new TypeError(`${SUBJECT}: \`${option}\` must be a non-empty string, received ${JSON.stringify(text)}`);
}

/** Checks a project id or a location. A project id can contain a domain. Source: `Queue.name` in google/cloud/tasks/v2/queue.proto. */
function checkId(id: unknown, subject: string, example: string): string {
  if (typeof id === "string" && /^[A-Za-z0-9:.-]+$/.test(id)) return id;
  throw new TypeError(`${subject} must be an id such as "${example}", received ${JSON.stringify(id)}`);
}

/**
 * Checks that a location is a region, and returns it. Queues have no zone.
 *
 * @throws TypeError if it is a zone, or not an id
 */
export function checkLocation(location: unknown, subject: string): string {
  const checked = checkId(location, subject, "europe-west1");
  const [zone, region] = /^([a-z]+-[a-z]+\d+)-[a-z0-9]+$/.exec(checked) ?? [];
  if (zone === undefined) return checked;
  throw new TypeError(`${subject} must be a region such as "${region}", received the zone "${zone}"`);
}

function checkServiceAccounts(option: unknown): readonly string[] {
  const accounts: readonly unknown[] = Array.isArray(option) ? [...option] : [option];
  const valid = accounts.every((each) => typeof each === "string" && /^[^@\s]+@[^@\s]+$/.test(each));
  if (valid && accounts.length > 0) return accounts as readonly string[];
  throw new TypeError(
    `${SUBJECT}: \`serviceAccount\` must be an e-mail address such as "tasks@my-project.iam.gserviceaccount.com", or a list of them, ` +
      `received ${JSON.stringify(option)}`,
  );
}

/** The message does not contain the value, because an invalid value can still be a secret. */
function checkSecrets(secret: unknown, { emulator }: CheckContext): readonly string[] {
  const secrets: readonly unknown[] = Array.isArray(secret) ? [...secret] : [secret];
  const valid = secrets.every((each) => typeof each === "string" && /^[\x21-\x7e]+$/.test(each));
  if (valid && secrets.length > 0) return checkSecretLength(secrets as readonly string[], emulator);
  throw new TypeError(
    `${SUBJECT}: \`secret\` must be a non-empty string of printable ASCII characters without spaces, or a list of such strings. ` +
      "Check that its environment variable is set.",
  );
}

function checkSecretLength(secrets: readonly string[], emulator: boolean): readonly string[] {
  if (emulator || secrets.every((each) => each.length >= MIN_SECRET_LENGTH)) return secrets;
  throw new TypeError(
    `${SUBJECT}: \`secret\` must have at least ${MIN_SECRET_LENGTH} characters, because a shorter one can be guessed. Create one with ` +
      "`openssl rand -hex 32`. Only a client of an emulator accepts a shorter one.",
  );
}
