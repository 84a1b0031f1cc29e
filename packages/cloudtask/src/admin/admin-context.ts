import { connectionOf } from "../client/connection.ts";
import { checkQueueId } from "../core/resource-name.ts";
import { type Registry, registryOf, type TaskClient } from "../execution/registry.ts";
import type { Transport } from "../transport/transport.ts";

/**
 * Options of every call of the admin.
 *
 * @example
 * ```ts
 * await admin.queues.pause("payments", { signal: AbortSignal.timeout(10_000) });
 * ```
 */
export interface CallOptions {
  /** Aborts the call. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Names a queue: its id, its full resource name, or an object with its full name.
 *
 * @example
 * ```ts
 * const queue: QueueRef = "payments";
 * ```
 */
export type QueueRef = string | { readonly name: string };

/** The parts of a client that the admin uses. */
export interface AdminContext {
  /** The client's definitions, serializer and logger. */
  readonly registry: Registry;
  /** The transport of a call that starts now: the API, or its replacement in a test. */
  readonly transport: Transport;
  /** The time limit of a call with its retries, in milliseconds; 0 if there are none. */
  readonly totalTimeoutMs: number;
  /**
   * Returns `projects/…/locations/…`. The metadata server may be called for it.
   *
   * @param subject - the start of messages: `Could not list the queues`
   */
  location(subject: string, options: CallOptions): Promise<string>;
  /**
   * Returns the full resource name of a queue.
   *
   * @throws TypeError if `queue` is neither an id nor a full name
   */
  queueName(queue: QueueRef, subject: string, options: CallOptions): Promise<string>;
}

const QUEUE_NAME = /^projects\/[^/]+\/locations\/[^/]+\/queues\/([^/]+)$/;

/** Creates the context of an admin from its client. */
export function createAdminContext(client: TaskClient): AdminContext {
  const registry = registryOf(client);
  const connection = connectionOf(registry);

  async function nameOf(id: string, subject: string, { signal }: CallOptions): Promise<string> {
    return connection.routeFor(subject).queueName(id, { subject, signal });
  }

  return {
    registry,
    totalTimeoutMs: connection.totalTimeoutMs,
    get transport() {
      return connection.transport;
    },
    async location(subject, options) {
      const queue = await nameOf("default", subject, options);
      return queue.slice(0, queue.indexOf("/queues/"));
    },
    async queueName(queue, subject, options) {
      const name: unknown = typeof queue === "string" ? queue : Object(queue).name;
      const [full, id] = QUEUE_NAME.exec(String(name)) ?? [];
      const checked = checkQueueId(id ?? name, `${subject}: queue`);
      return full ?? nameOf(checked, subject, options);
    },
  };
}
