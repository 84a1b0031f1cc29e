import { create, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { setValue } from "../engine/values.ts";
import { CreateTaskRequestSchema } from "../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { type Queue, QueueSchema } from "../gen/google/cloud/tasks/v2/queue_pb.ts";
import { TaskSchema } from "../gen/google/cloud/tasks/v2/task_pb.ts";
import { parseObject } from "../http/parse-body.ts";
import type { RpcHandler } from "../service/api-service.ts";
import { invalidArgument } from "../service/rpc-error.ts";
import type { Services } from "../service/services.ts";
import { durationOf } from "../service/times.ts";
import { queueFormat } from "../service/v2/queue-message.ts";
import { type Handler, type Handlers, jsonOf } from "./handler.ts";
import { readLeniently } from "./json/read-message.ts";

/** Firebase's default. Source: src/emulator/tasksEmulator.ts of firebase-tools. */
const DEFAULT_ATTEMPTS = 3;

/** The longest `google.protobuf.Duration`. Source: google/protobuf/duration.proto */
const LONGEST_SECONDS = 315_576_000_000;

/** The configuration of a queue that a Firebase tool registers. */
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
 * The two calls that firebase-admin and the Firebase tools make in their own format, on paths without a version. A queue is
 * registered with the URL of its function, which becomes the URL of every task that has none.
 */
export function firebaseRoutes(services: Services, createTask: RpcHandler): Readonly<Record<string, Handlers>> {
  return {
    "projects/*/locations/*/queues/*": { POST: registerQueue(services) },
    "projects/*/locations/*/queues/*/tasks": { POST: enqueue(services, createTask) },
  };
}

function registerQueue({ queues, context }: Services): Handler {
  const answer: Handler["answer"] = async ({ name, body }) => {
    const config = configOf(parseObject(body));
    const mask = create(FieldMaskSchema, { paths: ["rate_limits", "retry_config"] });
    await queues.updateQueue(queueFormat, queueOf(name, config), mask);
    setValue(context.engine, valueKey(name), config.defaultUri);
    await context.engine.store.flushed();
    return { taskQueueConfig: { ...config } };
  };
  return { output: undefined, answer };
}

function queueOf(name: string, config: QueueConfig): Queue {
  return create(QueueSchema, {
    name,
    rateLimits: config,
    retryConfig: {
      maxAttempts: config.maxAttempts,
      maxDoublings: config.maxDoublings,
      maxRetryDuration: durationOf(Math.trunc(config.maxRetrySeconds) * 1000),
      minBackoff: durationOf(config.minBackoffSeconds * 1000),
      maxBackoff: durationOf(config.maxBackoffSeconds * 1000),
    },
  });
}

function enqueue({ queues, context }: Services, createTask: RpcHandler): Handler {
  const answer: Handler["answer"] = async ({ name, body, query }) => {
    if (!context.autoCreateQueues) queues.getQueue(name);
    const request = readLeniently(CreateTaskRequestSchema, parseObject(body));
    const { task } = request;
    if (task?.messageType.case === "httpRequest" && task.messageType.value.url === "") {
      task.messageType.value.url = context.engine.values.get(valueKey(name)) ?? "";
    }
    request.parent = name;
    return jsonOf(TaskSchema, await createTask(request), query);
  };
  return { output: TaskSchema, answer };
}

function configOf(json: JsonObject): QueueConfig {
  const { retryConfig = {}, rateLimits = {}, defaultUri = "" } = json;
  if (typeof defaultUri !== "string") throw invalidArgument("defaultUri must be a string.");
  return {
    maxAttempts: numberAt(retryConfig, "maxAttempts", DEFAULT_ATTEMPTS),
    maxRetrySeconds: secondsAt(retryConfig, "maxRetrySeconds", 0),
    maxBackoffSeconds: secondsAt(retryConfig, "maxBackoffSeconds", 3600),
    maxDoublings: numberAt(retryConfig, "maxDoublings", 16),
    minBackoffSeconds: secondsAt(retryConfig, "minBackoffSeconds", 0.1),
    maxConcurrentDispatches: numberAt(rateLimits, "maxConcurrentDispatches", 1000),
    maxDispatchesPerSecond: numberAt(rateLimits, "maxDispatchesPerSecond", 500),
    defaultUri,
  };
}

/** Firebase writes `null` to reset a field to its default. */
function numberAt(config: JsonValue, field: string, otherwise: number): number {
  const value = (config as JsonObject | null)?.[field] ?? otherwise;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw invalidArgument(
    `${field} must be a number; received ${typeof value === "number" ? value : JSON.stringify(value)}.`,
  );
}

/** Limits a duration to the longest one that a message can contain. */
function secondsAt(config: JsonValue, field: string, otherwise: number): number {
  const value = numberAt(config, field, otherwise);
  if (Math.abs(value) <= LONGEST_SECONDS) return value;
  throw invalidArgument(`${field} must be at most ${LONGEST_SECONDS}; received ${value}.`);
}

function valueKey(queue: string): string {
  return `firebase/${queue}`;
}
