export type { AccessToken, TokenSource } from "./auth/token-source.ts";
export { type AnyCloudTaskError, isCloudTaskError } from "./client/any-cloud-task-error.ts";
export type { AppEngineTarget } from "./client/app-engine.ts";
export type { ClientOptions, ConfigValue, EagerMode } from "./client/client-options.ts";
export { CloudTaskClient } from "./client/cloud-task-client.ts";
export { DeferredPushError } from "./client/defer/deferred-push-error.ts";
export type { PushOptions, PushResult } from "./client/push/push-options.ts";
export type { DebounceOptions, DedupeOptions, ThrottleOptions } from "./client/push/task-name.ts";
export type { PushManyOptions, PushManyProgress } from "./client/push-many/push-many.ts";
export { PushManyError } from "./client/push-many/push-many-error.ts";
export type { FailedTask, PushedTask, PushManyResult } from "./client/push-many/push-many-result.ts";
export { type ShardedQueue, type ShardKey, type ShardOptions, shard } from "./client/queues/shard.ts";
export type { DefinitionName, SentPayload, UnsendablePayload } from "./client/tasks/payload-check.ts";
export type { Task } from "./client/tasks/task.ts";
export type { DeclaredTask, TaskDefinition } from "./client/tasks/task-definition.ts";
export type {
  HandlerOptions,
  TaskOptions,
} from "./client/tasks/task-options.ts";
export type { Duration } from "./core/duration.ts";
export { ApiError } from "./core/errors/api-error.ts";
export { CloudTaskError, type CloudTaskErrorCode } from "./core/errors/cloud-task-error.ts";
export { CredentialsError } from "./core/errors/credentials-error.ts";
export { DeadlineExceededError } from "./core/errors/deadline-exceeded-error.ts";
export { LimitError } from "./core/errors/limit-error.ts";
export { NetworkError } from "./core/errors/network-error.ts";
export { NonRetriableError } from "./core/errors/non-retriable-error.ts";
export { PayloadInvalidError, type PayloadIssue } from "./core/errors/payload-invalid-error.ts";
export { PayloadNotSerializableError } from "./core/errors/payload-not-serializable-error.ts";
export { RemoteDeliveryError } from "./core/errors/remote-delivery-error.ts";
export { RetryAfterError } from "./core/errors/retry-after-error.ts";
export { TeardownError } from "./core/errors/teardown-error.ts";
export { TimeoutError } from "./core/errors/timeout-error.ts";
export type { HttpAgent } from "./core/http-sender.ts";
export type { Logger } from "./core/logger.ts";
export type {
  QueueRouting,
  QueueSettings,
  QueueSettingsInput,
  Queues,
  QueuesInput,
  QueueTarget,
} from "./core/queue-settings.ts";
export type { Rate } from "./core/rate.ts";
export type { RetrySettings } from "./core/retry-settings.ts";
export type { RpcStatus } from "./core/rpc-status.ts";
export type { TimeInput } from "./core/time-input.ts";
export type { Delivery, DeliverySource } from "./dependencies/delivery.ts";
export type { Dependency, Provided } from "./dependencies/dependency.ts";
export { type DependsOptions, depends } from "./dependencies/depends.ts";
export { fromRequest, type RequestDependency } from "./dependencies/from-request.ts";
export type { DiscardReason } from "./execution/execution-outcome.ts";
export type {
  DiscardedDelivery,
  FailedDelivery,
  Hooks,
  SucceededDelivery,
} from "./execution/hooks.ts";
export type { Middleware, Next } from "./execution/middleware.ts";
export type { Serializer } from "./payload/serializer.ts";
export type {
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from "./payload/standard-schema.ts";
export type { ApiRetryOptions } from "./transport/retry-policy.ts";
export type { ApiAnswer, ApiCall, Transport } from "./transport/transport.ts";
export { createWorker, type Worker } from "./worker/worker.ts";
export type { WorkerOptions } from "./worker/worker-options.ts";
