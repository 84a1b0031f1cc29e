import { createHttpSender } from "cloudtask/internal/cli";
import type { Finding } from "./check.ts";
import { type CloudRunService, findService, isCloudRunHost } from "./google/cloud-run.ts";
import { GoogleApi } from "./google/google-api.ts";
import { type Credentials, createCredentials, type Identity, readIdentity } from "./google/identity.ts";
import { queueName, type Setup } from "./setup.ts";
import { authenticatedCall } from "./worker/authenticated-call.ts";
import { callWorker, type WorkerCall } from "./worker/call-worker.ts";

/** A queue, as the API shows it. https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues */
export interface QueueJson {
  readonly state?: string;
  readonly rateLimits?: { readonly maxConcurrentDispatches?: number };
  readonly retryConfig?: { readonly maxAttempts?: number };
  readonly httpTarget?: { readonly uriOverride?: object; readonly httpMethod?: string };
}

/** A service account. https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts */
export interface AccountJson {
  readonly projectId?: string;
  readonly disabled?: boolean;
}

/** Reads the facts that the checks judge. Each is read once, when the first check needs it, and shared. */
export class Facts {
  readonly setup: Setup;
  readonly api: GoogleApi;
  /** `undefined` for an emulator. */
  readonly credentials: Credentials | undefined;
  readonly #sender = createHttpSender();
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(setup: Setup) {
    this.setup = setup;
    this.credentials = setup.emulator ? undefined : createCredentials(setup, this.#sender);
    this.api = new GoogleApi({
      env: setup.env,
      emulatorUrl: setup.emulator?.url.origin,
      tokens: this.credentials?.tokens,
    });
  }

  identity(): Promise<Identity> {
    return this.#once("identity", () => readIdentity(this.api));
  }

  queue(id: string): Promise<QueueJson> {
    const path = `/v2/${queueName(this.setup, id)}`;
    return this.#once(`queue ${id}`, async () => Object((await this.api.call("cloudtasks", { path })).json));
  }

  /** Reads an account. The wildcard in place of the project would answer 403 instead of 404. */
  account(email: string): Promise<AccountJson> {
    const path = `/v1/projects/${projectOfAccount(email, this.setup.project)}/serviceAccounts/${email}`;
    return this.#once("account", async () => Object((await this.api.call("iam", { path })).json));
  }

  /** Returns the Cloud Run service of the URL; `undefined` if the URL is not one of Cloud Run, or no service of the project has it. */
  service(): Promise<CloudRunService | undefined> {
    const { url, project, runService: name, emulator } = this.setup;
    if (url === undefined || emulator || (name === undefined && !isCloudRunHost(url)))
      return Promise.resolve(undefined);
    return this.#once("service", () => findService(this.api, { project, url, name }));
  }

  /** Calls the worker without any credentials. */
  anonymousCall(url: string): Promise<WorkerCall> {
    return this.#once("anonymous call", () => callWorker(url, {}));
  }

  /** Calls the worker with the credentials of a push, or returns why it cannot. */
  authenticatedCall(url: string): Promise<WorkerCall | Finding> {
    return this.#once("authenticated call", () => authenticatedCall(url, this));
  }

  async close(): Promise<void> {
    await Promise.all([this.api.close(), this.#sender.close()]);
  }

  #once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key) ?? read();
    this.#known.set(key, known);
    return known as Promise<T>;
  }
}

/**
 * Returns the project that an account's address names: `name@project.iam.gserviceaccount.com`, or `name@project.example.com.iam…` for
 * the project `example.com:project`. The address of the default account of Compute Engine names only a number.
 */
export function projectOfAccount(email: string, fallback: string): string {
  const [, named] =
    /@(.+)\.iam\.gserviceaccount\.com$/.exec(email) ?? /^(.+)@appspot\.gserviceaccount\.com$/.exec(email) ?? [];
  if (named === undefined) return fallback;
  const [project = "", ...domain] = named.split(".");
  return domain.length === 0 ? project : `${domain.join(".")}:${project}`;
}
