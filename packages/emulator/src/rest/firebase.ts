import { create, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { setValue } from "../engine/values.ts";
import { CreateTaskRequestSchema } from "../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { RateLimitsSchema, RetryConfigSchema } from "../gen/google/cloud/tasks/v2/queue_pb.ts";
import { TaskSchema } from "../gen/google/cloud/tasks/v2/task_pb.ts";
import { invalidArgument } from "../service/rpc-error.ts";
import type { Services } from "../service/services.ts";
import { durationOf } from "../service/times.ts";
import { taskMessage, taskWish } from "../service/v2/task-message.ts";
import { type Handler, type Handlers, jsonOf } from "./handler.ts";
import { messageOf, parseBody } from "./json.ts";

/** What Firebase gives a queue that says nothing. Source: src/emulator/tasksEmulator.ts of firebase-tools. */
const DEFAULT_ATTEMPTS = 3;

/** What a Firebase tool says about a queue that it registers. */
interface QueueConfig {
  readonly maxAttempts: number;
  readonly maxRetrySeconds: number;
  readonly maxBackoffSeconds: number;
  readonly maxDoublings: number;
  readonly minBackoffSeconds: number;
  readonly maxConcurrentDispatches: number;
  readonly maxDispatchesPerSecond: number;
  readonly defaultUri: string;
}

/**
 * The two calls that firebase-admin and the Firebase tools make in a way of their own, on paths without a version. A queue
 * is registered with the URL of its function, where a task goes that has none.
 */
export function firebaseRoutes(services: Services): Readonly<Record<string, Handlers>> {
  return {
    "projects/*/locations/*/queues/*": { POST: registerQueue(services) },
    "projects/*/locations/*/queues/*/tasks": { POST: enqueue(services) },
  };
}

function registerQueue({ queues, context }: Services): Handler {
  return async ({ name, body }) => {
    const config = configOf(parseBody(body));
    await queues.updateQueue(
      {
        name,
        rateLimits: create(RateLimitsSchema, config),
        retryConfig: create(RetryConfigSchema, {
          maxAttempts: config.maxAttempts,
          maxDoublings: config.maxDoublings,
          maxRetryDuration: durationOf(config.maxRetrySeconds * 1000),
          minBackoff: durationOf(config.minBackoffSeconds * 1000),
          maxBackoff: durationOf(config.maxBackoffSeconds * 1000),
        }),
        samplingRatio: undefined,
        routing: undefined,
        httpTarget: undefined,
        taskTtl: undefined,
        tombstoneTtl: undefined,
      },
      ["rateLimits", "retryConfig"],
    );
    setValue(context.engine, valueKey(name), config.defaultUri);
    await context.engine.store.flushed();
    return { taskQueueConfig: { ...config } };
  };
}

function enqueue({ queues, tasks, context }: Services): Handler {
  return async ({ name, body, query }) => {
    queues.getQueue(name);
    const { task, responseView } = messageOf(CreateTaskRequestSchema, parseBody(body));
    if (task?.messageType.case === "httpRequest" && task.messageType.value.url === "") {
      task.messageType.value.url = context.engine.values.get(valueKey(name)) ?? "";
    }
    const created = await tasks.createTask(name, task && taskWish(task));
    return jsonOf(TaskSchema, taskMessage(created, responseView), query);
  };
}

function configOf(json: JsonObject): QueueConfig {
  const { retryConfig = {}, rateLimits = {}, defaultUri = "" } = json;
  if (typeof defaultUri !== "string") throw invalidArgument("defaultUri must be a string.");
  return {
    maxAttempts: numberAt(retryConfig, "maxAttempts", DEFAULT_ATTEMPTS),
    maxRetrySeconds: numberAt(retryConfig, "maxRetrySeconds", 0),
    maxBackoffSeconds: numberAt(retryConfig, "maxBackoffSeconds", 3600),
    maxDoublings: numberAt(retryConfig, "maxDoublings", 16),
    minBackoffSeconds: numberAt(retryConfig, "minBackoffSeconds", 0.1),
    maxConcurrentDispatches: numberAt(rateLimits, "maxConcurrentDispatches", 1000),
    maxDispatchesPerSecond: numberAt(rateLimits, "maxDispatchesPerSecond", 500),
    defaultUri,
  };
}

/** Firebase writes `null` for what is reset to its default. */
function numberAt(config: JsonValue, field: string, otherwise: number): number {
  const value = (config as JsonObject | null)?.[field] ?? otherwise;
  if (typeof value === "number") return value;
  throw invalidArgument(`${field} must be a number; received ${JSON.stringify(value)}.`);
}

function valueKey(queue: string): string {
  return `firebase/${queue}`;
}
