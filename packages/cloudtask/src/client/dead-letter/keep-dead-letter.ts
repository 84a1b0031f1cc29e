import { readDeadLetterHeaders } from "../../core/dead-letter-headers.ts";
import { printable } from "../../core/printable.ts";
import type { DiscardedTask } from "../../execution/keep-discarded.ts";
import type { Registry } from "../../execution/registry.ts";
import { redactOf } from "../../execution/registry-log.ts";
import type { Connection } from "../connection.ts";
import type { PushDefaults } from "../push/prepare.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import { createDeadLetter } from "./create-dead-letter.ts";
import { deadLetterQueueOf, defaultHomeQueue } from "./find-dead-letter-queue.ts";

/** The client of a discarded task. */
interface DiscardingClient {
  readonly options: ResolvedOptions;
  readonly registry: Registry;
  readonly connection: Connection;
  /** `undefined` if the client defines no such task. */
  readonly definition: PushDefaults | undefined;
}

/**
 * Creates the dead letter of a task, if a queue is configured for it. A dead letter that exists already counts as created.
 *
 * @throws LimitError, ApiError, NetworkError, TimeoutError, CredentialsError
 */
export async function keepDeadLetter(
  { options, registry, connection, definition }: DiscardingClient,
  discarded: DiscardedTask,
): Promise<void> {
  const earlier = readDeadLetterHeaders((name) => discarded.received.headers.get(name));
  const homeQueue = earlier?.homeQueue ?? (discarded.queue || defaultHomeQueue(options, definition));
  const keptIn = earlier && discarded.queue;
  const queue = deadLetterQueueOf(options, definition, { home: homeQueue, keptIn });
  if (queue === undefined) return;
  const action = `keep ${printable(discarded.task)} in the dead-letter queue ${queue}`;
  const route = connection.routeFor(`Could not ${action}`);
  // In eager mode nothing is sent to Cloud Tasks, and the caller of `push()` gets the error.
  if (route.eager !== undefined) return;
  const redact = redactOf(registry);
  await createDeadLetter({ discarded, earlier, homeQueue, queue, definition, options, redact }, route, action);
}
