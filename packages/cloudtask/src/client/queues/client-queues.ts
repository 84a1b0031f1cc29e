import { nearestName } from "../../core/check-options.ts";
import { taskRetryOf } from "../../core/check-queue-retry.ts";
import { type CheckedQueue, type CheckedQueues, checkQueues } from "../../core/check-queues.ts";
import { checkQueueId } from "../../core/resource-name.ts";
import type { ResolvedRetry } from "../../core/retry-settings.ts";
import { optionPosition } from "../../core/setting-position.ts";
import { isShardedQueue, type ShardedQueue, shard } from "./shard.ts";

/** A checked queue of a client, a definition or a push: the id of a queue, or numbered queues. */
export type QueueChoice = string | ShardedQueue;

/** The number of queues that a message lists. */
const MAX_LISTED = 20;

/** The queues that a client describes with its option `queues`. Without the option, every queue is allowed. */
export class ClientQueues {
  /** The described queues; `undefined` without the option. */
  readonly described: CheckedQueues | undefined;

  /** @throws TypeError with the path of an invalid setting */
  constructor(queues: unknown) {
    this.described = queues === undefined ? undefined : checkQueues(queues, optionPosition("CloudTaskClient: queues"));
  }

  /**
   * Checks an option that selects a queue. The name of a queue with `shards` selects its numbered queues.
   *
   * @param option - the name of the option, for the message
   * @throws TypeError if it is no queue, or the client does not describe it
   */
  check(choice: unknown, option: string): QueueChoice {
    if (isShardedQueue(choice)) return this.#checkShards(choice, option);
    const name = checkQueueId(choice, option);
    const shards = this.#settings(name, option)?.shards;
    return shards === undefined ? name : shard(name, shards);
  }

  /**
   * Checks an option that names a dead-letter queue.
   *
   * @throws TypeError if the client does not describe the queue, or describes it as one that delivers tasks
   */
  checkDeadLetter(name: unknown, option: string): string {
    const queue = checkQueueId(name, option);
    const settings = this.#settings(queue, option);
    if (settings === undefined) return queue;
    const named = JSON.stringify(queue);
    if (settings.shards !== undefined) throw new TypeError(`${option}: the queue ${named} must not have \`shards\``);
    if (settings.paused === true) return queue;
    throw new TypeError(
      `${option}: the client's \`queues\` must describe ${named} with \`paused: true\`; otherwise its tasks would run again`,
    );
  }

  /** Returns the queue of tasks that select none, if the client allows it. */
  get fallback(): QueueChoice | undefined {
    const name = "default";
    return this.described === undefined || this.described.has(name) ? this.check(name, "queue") : undefined;
  }

  /** Returns the dead-letter queue that is described for a queue or for one of its shards. */
  deadLetterOf(queue: string): string | undefined {
    const [base] = /^.*(?=-\d+$)/.exec(queue) ?? [];
    const settings = this.described?.get(queue) ?? (base === undefined ? undefined : this.#sharded(base));
    return settings?.deadLetter;
  }

  /** Returns the retry settings that are described for a queue; empty if there are none. */
  retryOf(choice: QueueChoice): ResolvedRetry {
    return taskRetryOf(this.described?.get(baseName(choice))?.retry ?? {});
  }

  #sharded(name: string): CheckedQueue | undefined {
    const settings = this.described?.get(name);
    return settings?.shards === undefined ? undefined : settings;
  }

  #checkShards(choice: ShardedQueue, option: string): ShardedQueue {
    const sharded = shard(choice.queue, choice.shards, { by: choice.by });
    const settings = this.#settings(sharded.queue, option);
    if (settings === undefined || settings.shards === sharded.shards) return sharded;
    const name = JSON.stringify(sharded.queue);
    throw new TypeError(
      `${option}: shard() has ${sharded.shards} shards of ${name}, and the client's \`queues\` describe ` +
        `${settings.shards === undefined ? "it without `shards`" : `${settings.shards}`}. Use the same number.`,
    );
  }

  /** Returns the settings of a queue; `undefined` if the client describes no queues. */
  #settings(name: string, option: string): CheckedQueue | undefined {
    if (this.described === undefined) return undefined;
    const settings = this.described.get(name);
    if (settings !== undefined) return settings;
    const known = [...this.described.keys()];
    const meant = nearestName(name, known);
    const hint = meant === undefined ? `the queues are ${listOf(known)}` : `did you mean ${JSON.stringify(meant)}?`;
    throw new TypeError(`${option}: the client's \`queues\` have no queue ${JSON.stringify(name)}; ${hint}`);
  }
}

function listOf(names: readonly string[]): string {
  return names.length > MAX_LISTED ? `${names.slice(0, MAX_LISTED).join(", ")} …` : names.join(", ");
}

/** Returns the name of a queue, without the number of a shard. */
export function baseName(choice: QueueChoice): string {
  return typeof choice === "string" ? choice : choice.queue;
}
