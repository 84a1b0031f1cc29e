import type { ClientOptions } from "../client/client-options.ts";
import { CloudTaskClient } from "../client/cloud-task-client.ts";
import { rejectUnknownOptions } from "../core/check-options.ts";
import type { TaskClient } from "../execution/registry.ts";
import { createAdminContext } from "./admin-context.ts";
import { DeadLetterAdmin } from "./dead-letters/dead-letter-admin.ts";
import { QueueAdmin } from "./queues/queue-admin.ts";
import { TaskAdmin } from "./tasks/task-admin.ts";

/**
 * The options of an admin without a client. They mean the same as in `ClientOptions`.
 *
 * @example
 * ```ts
 * const options: AdminOptions = { project: "my-gcp-project", location: "europe-west1", apiRetry: { totalTimeout: "1m" } };
 * ```
 */
export interface AdminOptions
  extends Pick<
    ClientOptions,
    | "agent"
    | "apiEndpoint"
    | "apiRetry"
    | "apiTimeout"
    | "emulatorHost"
    | "location"
    | "logger"
    | "project"
    | "secretHeader"
    | "serializer"
    | "token"
    | "transport"
  > {}

/**
 * Manages the queues and tasks of one project and location. Created by `createAdmin()`.
 *
 * @example
 * ```ts
 * await using admin: Admin = createAdmin({ project: "my-gcp-project", location: "europe-west1" });
 * ```
 */
export interface Admin extends AsyncDisposable {
  /** The queues of the location. */
  readonly queues: QueueAdmin;
  /** The tasks of its queues. */
  readonly tasks: TaskAdmin;
  /** The discarded tasks that dead-letter queues keep. */
  readonly deadLetters: DeadLetterAdmin;
  /** Closes the connections that the admin opened. A client passed to `createAdmin()` stays open. */
  close(): Promise<void>;
}

const OPTIONS: { readonly [Option in keyof Required<AdminOptions>]: true } = {
  agent: true,
  apiEndpoint: true,
  apiRetry: true,
  apiTimeout: true,
  emulatorHost: true,
  location: true,
  logger: true,
  project: true,
  secretHeader: true,
  serializer: true,
  token: true,
  transport: true,
};

/**
 * Creates an admin: the management API for queues and tasks. It calls Cloud Tasks, or the emulator if `emulatorHost` or
 * `CLOUD_TASKS_EMULATOR_HOST` is set.
 *
 * @param client - a client, whose project, location, credentials, connections and definitions are used; or options, with the same
 * defaults as those of a client
 * @returns the admin
 * @throws TypeError for an invalid option, with the expected and the received value
 *
 * @example
 * ```ts
 * const admin = createAdmin(client);
 * await admin.queues.pause("payments");
 * ```
 */
export function createAdmin(client: TaskClient | AdminOptions = {}): Admin {
  const own = isClient(client) ? undefined : new CloudTaskClient(clientOptions(client));
  const context = createAdminContext(own ?? (client as TaskClient));
  const close = async (): Promise<void> => own?.close();
  return {
    queues: new QueueAdmin(context),
    tasks: new TaskAdmin(context),
    deadLetters: new DeadLetterAdmin(context),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function isClient(value: TaskClient | AdminOptions): value is TaskClient {
  return typeof (Object(value) as Partial<TaskClient>).task === "function";
}

function clientOptions(options: AdminOptions): ClientOptions {
  rejectUnknownOptions(options, Object.keys(OPTIONS), "createAdmin()");
  return { ...options, url: undefined };
}
