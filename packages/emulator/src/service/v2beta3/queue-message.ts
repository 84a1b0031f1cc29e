import { create } from "@bufbuild/protobuf";
import type { QueueRecord } from "../../engine/records.ts";
import { type Queue, Queue_State, Queue_Type, QueueSchema } from "../../gen/google/cloud/tasks/v2beta3/queue_pb.ts";
import type { MessageInit } from "../message-init.ts";
import type { QueueFormat } from "../queues/queue-format.ts";
import type { QueueInput } from "../queues/queue-input.ts";
import { queueParts, routingMessage } from "../queues/queue-parts.ts";
import { invalidArgument } from "../rpc-error.ts";
import { durationOf } from "../times.ts";

/**
 * The v2beta3 message of a queue, without its statistics.
 *
 * @param tombstoneTtlMs - the tombstone TTL of a queue that has none of its own
 */
function queueMessage(record: QueueRecord, tombstoneTtlMs: number): Queue {
  const { routing, taskTtlMs, tombstoneTtlMs: own } = record.settings;
  return create(QueueSchema, {
    // The enums have the same numbers in both versions.
    ...(queueParts(record) as MessageInit<typeof QueueSchema>),
    state: Queue_State[record.state],
    type: Queue_Type.PUSH,
    taskTtl: durationOf(taskTtlMs),
    tombstoneTtl: durationOf(own ?? tombstoneTtlMs),
    ...(routing && {
      queueType: {
        case: "appEngineHttpQueue",
        value: { appEngineRoutingOverride: routingMessage(routing, record.name) },
      },
    }),
  });
}

/**
 * Reads the queue of a v2beta3 request.
 *
 * @throws RpcError for a pull queue, which Cloud Tasks no longer supports
 */
export function queueInput(queue: Queue): QueueInput {
  if (queue.type === Queue_Type.PULL) throw invalidArgument("Queue.type: pull queues are not supported.");
  return {
    name: queue.name,
    rateLimits: queue.rateLimits,
    retryConfig: queue.retryConfig,
    samplingRatio: queue.stackdriverLoggingConfig?.samplingRatio,
    routing: queue.queueType.value?.appEngineRoutingOverride,
    httpTarget: queue.httpTarget,
    ttls: { task: queue.taskTtl, tombstone: queue.tombstoneTtl },
  };
}

/**
 * The queues of v2beta3.
 *
 * @param tombstoneTtlMs - the tombstone TTL of a queue that has none of its own
 */
export function queueFormat(tombstoneTtlMs: number): QueueFormat<Queue> {
  return { schema: QueueSchema, read: queueInput, write: (record) => queueMessage(record, tombstoneTtlMs) };
}
