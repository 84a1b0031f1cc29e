import { readDeadLetterHeaders } from "../../core/dead-letter-headers.ts";
import { printable } from "../../core/printable.ts";
import type { DiscardedTask } from "../../execution/keep-discarded.ts";
import type { Registry, TaskRecord } from "../../execution/registry.ts";
import type { Connection } from "../connection.ts";
import type { PushDefaults } from "../push/prepare.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import { deadLetterQueueOf, defaultHomeQueue } from "./dead-letter-queue.ts";

/** Creates the dead letters of a client's discarded tasks. */
export class DeadLetters {
  readonly #options: ResolvedOptions;
  readonly #registry: Registry;
  readonly #connection: Connection;
  readonly #definitions = new WeakMap<TaskRecord, PushDefaults>();

  constructor(options: ResolvedOptions, registry: Registry, connection: Connection) {
    this.#options = options;
    this.#registry = registry;
    this.#connection = connection;
    registry.keepDiscarded = (discarded) => this.#keep(discarded);
  }

  add(definition: PushDefaults): void {
    this.#definitions.set(definition.record, definition);
  }

  /**
   * Creates the dead letter of a task, if a queue is configured for it. A dead letter that exists already counts as created.
   *
   * @throws LimitError, ApiError, NetworkError, TimeoutError, CredentialsError
   */
  async #keep(discarded: DiscardedTask): Promise<void> {
    const definition = discarded.record && this.#definitions.get(discarded.record);
    const earlier = readDeadLetterHeaders((name) => discarded.received.headers.get(name));
    const homeQueue = earlier?.homeQueue ?? (discarded.queue || defaultHomeQueue(this.#options, definition));
    const keptIn = earlier && discarded.queue;
    const queue = deadLetterQueueOf(this.#options, definition, { home: homeQueue, keptIn });
    if (queue === undefined) return;
    const action = `keep ${printable(discarded.task)} in the dead-letter queue ${queue}`;
    const route = this.#connection.routeFor(`Could not ${action}`);
    // In eager mode nothing is sent to Cloud Tasks, and the caller of `push()` gets the error.
    if (route.eager !== undefined) return;
    // Loaded late, because a push does not need it.
    const { createDeadLetter } = await import("./create-dead-letter.ts");
    const kept = { discarded, earlier, homeQueue, queue, definition };
    await createDeadLetter({ ...kept, options: this.#options, redact: this.#registry.redact }, route, action);
  }
}
