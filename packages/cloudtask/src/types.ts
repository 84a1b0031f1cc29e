/**
 * The supporting types that the public types of `cloudtask` use. Import one if your own declarations need it. This module
 * contains no code.
 *
 * @example
 * ```ts
 * import type { Dependencies, WithDelivery } from "cloudtask/types";
 *
 * export type Run<Payload, Deps extends Dependencies> = (payload: Payload, context: WithDelivery<Deps>) => Promise<void>;
 * ```
 *
 * @module
 */
export type { PushKey } from "./client/push/task-name.ts";
export type { Deeper, IsUntyped, Unsendable, UnsendableChild, UntypedPayload } from "./client/tasks/payload-check.ts";
export type {
  DeclareOptions,
  HandlerPayload,
  HookPayload,
  PushPayload,
  TaskHandler,
} from "./client/tasks/task-options.ts";
export type { DurationUnit } from "./core/duration.ts";
export type { CoreError, PlainError } from "./core/errors/has-code.ts";
export type { TaskLimit } from "./core/errors/limit-error.ts";
export type { AnyText } from "./core/queue-settings.ts";
export type { WithDelivery } from "./dependencies/delivery.ts";
export type { Dependencies, DependencyScopeName, Resolved } from "./dependencies/dependency.ts";
export type { NoDependencies } from "./dependencies/depends.ts";
export type { DeliveredPayload } from "./execution/hooks.ts";
export type { TaskClient } from "./execution/registry.ts";
export type { SchemaIssue, SchemaResult } from "./payload/standard-schema.ts";
