import { create } from "@bufbuild/protobuf";
import type { QueueRecord } from "../../engine/records.ts";
import { type Queue, Queue_State, QueueSchema } from "../../gen/google/cloud/tasks/v2/queue_pb.ts";
import type { QueueFormat } from "../queues/queue-format.ts";
import type { QueueInput } from "../queues/queue-input.ts";
import { queueParts, routingMessage } from "../queues/queue-parts.ts";

/** The v2 message of a queue. */
export function queueMessage(record: QueueRecord): Queue {
  const { routing } = record.settings;
  return create(QueueSchema, {
    ...queueParts(record),
    state: Queue_State[record.state],
    ...(routing && { appEngineRoutingOverride: routingMessage(routing, record.name) }),
  });
}

/** Reads the queue of a v2 request. */
export function queueInput(queue: Queue): QueueInput {
  return {
    name: queue.name,
    rateLimits: queue.rateLimits,
    retryConfig: queue.retryConfig,
    samplingRatio: queue.stackdriverLoggingConfig?.samplingRatio,
    routing: queue.appEngineRoutingOverride,
    httpTarget: queue.httpTarget,
    ttls: undefined,
  };
}

/** The queues of v2. */
export const queueFormat: QueueFormat<Queue> = { schema: QueueSchema, read: queueInput, write: queueMessage };
