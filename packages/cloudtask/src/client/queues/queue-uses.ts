import type { CheckedQueues } from "../../core/check-queues.ts";
import type { Registry } from "../../execution/registry.ts";
import { definitionsOf } from "../client-definitions.ts";
import { deadLetterQueueOf } from "../dead-letter/find-dead-letter-queue.ts";
import type { PushDefaults } from "../push/prepare.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import type { QueueChoice } from "./client-queues.ts";
import { shardNames } from "./shard.ts";

/** The queues that the tasks of a definition use, unless a push names another. */
export interface QueueUse {
  /** The name of the definition. */
  readonly definition: string;
  /** The ids of the queues: one, or the shards. Empty if every push must name a queue. */
  readonly queues: readonly string[];
  /** The queue that keeps its discarded tasks. */
  readonly deadLetter: string | undefined;
  /** The maximum of attempts that the definition or the client sets; -1 for no limit. */
  readonly maxAttempts: number | undefined;
  /** `true` if its tasks have retry settings of their own, which replace those of the queue. */
  readonly hasRetry: boolean;
}

/** The queues of a client and of its definitions. */
export interface QueueUses {
  /** The queues that the client describes with its option `queues`. */
  readonly described: CheckedQueues | undefined;
  /** Returns the queues of each definition. */
  list(): readonly QueueUse[];
}

/** Returns the queues that a client and its definitions use. */
export function queueUsesOf(registry: Registry): QueueUses | undefined {
  const definitions = definitionsOf(registry);
  if (definitions === undefined) return undefined;
  const { options, byRecord } = definitions;
  return {
    described: options.queues.described,
    list: () =>
      [...new Set(registry.tasks.values())].flatMap((record) => {
        const definition = byRecord.get(record);
        return definition === undefined ? [] : [describe(options, definition)];
      }),
  };
}

function describe(options: ResolvedOptions, definition: PushDefaults): QueueUse {
  const { record, queue } = definition;
  const queues = idsOf(options.forceToQueue ?? queue ?? options.queue);
  return {
    definition: record.name,
    queues,
    deadLetter: deadLetterQueueOf(options, definition, { home: queues[0] }),
    maxAttempts: record.retry.maxAttempts,
    hasRetry: Object.keys(record.retry).length > 0,
  };
}

function idsOf(choice: QueueChoice | undefined): readonly string[] {
  if (choice === undefined) return [];
  if (typeof choice === "string") return [choice];
  return shardNames(choice);
}
