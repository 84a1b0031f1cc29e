import { isHandled, registryOf, type TaskClient } from "../execution/registry.ts";
import { connectionOf } from "./connection.ts";
import { type QueueUse, queueUsesOf } from "./queues/queue-uses.ts";

/** The settings of a client that its pushes and its worker must agree on. Reading a missing one throws a CloudTaskError. */
export interface ClientDescription {
  /** The URL of the worker. */
  readonly url: string;
  /** The audience of the OIDC tokens. */
  readonly audience: string;
  /** The account whose token is attached. */
  readonly serviceAccount: string | undefined;
  /** The secret that is sent. */
  readonly secret: string | undefined;
  readonly secretHeader: string;
  /** `host:port` of the emulator that is used instead of Cloud Tasks. */
  readonly emulatorHost: string | undefined;
  /** The queues of each definition. */
  readonly uses: readonly QueueUse[];
  /** The longest dispatch deadline of the definitions with a handler, in milliseconds; `undefined` if there are none. */
  readonly dispatchDeadlineMs: number | undefined;
  /** Returns the full resource name of a queue. */
  queueName(id: string): Promise<string>;
}

/** Returns the settings of a client, for tools. @throws TypeError if the client belongs to another copy of this package */
export function describeClient(client: TaskClient): ClientDescription {
  const registry = registryOf(client);
  const { callers } = registry;
  const deadlines = [...registry.tasks.values()].filter(isHandled).map((record) => record.dispatchDeadlineMs);
  return {
    get url() {
      return callers.url;
    },
    get audience() {
      return callers.audience;
    },
    get serviceAccount() {
      return callers.serviceAccounts[0];
    },
    get secret() {
      return callers.secrets[0];
    },
    secretHeader: callers.secretHeader,
    emulatorHost: callers.emulatorUrl === undefined ? undefined : new URL(callers.emulatorUrl).host,
    uses: queueUsesOf(registry)?.list() ?? [],
    dispatchDeadlineMs: deadlines.length === 0 ? undefined : Math.max(...deadlines),
    async queueName(id) {
      const subject = `Could not find the queue ${id}`;
      return connectionOf(registry).routeFor(subject).queueName(id, { subject, signal: undefined });
    },
  };
}
