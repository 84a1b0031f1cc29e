import type { Duration } from "@bufbuild/protobuf/wkt";
import type { AppEngineRouting, QueueSettings } from "../../engine/records.ts";
import type { RateLimits as RateLimitsV2 } from "../../gen/google/cloud/tasks/v2/queue_pb.ts";
import type { AppEngineRouting as RoutingV2 } from "../../gen/google/cloud/tasks/v2/target_pb.ts";
import type { RateLimits as RateLimitsV2beta3 } from "../../gen/google/cloud/tasks/v2beta3/queue_pb.ts";
import type { AppEngineRouting as RoutingV2beta3 } from "../../gen/google/cloud/tasks/v2beta3/target_pb.ts";
import { type RetryConfig, retrySettingsOf } from "../retry-message.ts";
import { msOfDuration } from "../times.ts";
import { type HttpTargetMessage, httpTargetOf } from "./http-target.ts";
import { burstSizeFor, defaultQueueSettings } from "./queue-settings.ts";

/** The queue of a request, independent of the version of the API. Output-only fields are left out. */
export interface QueueInput {
  readonly name: string;
  readonly rateLimits: RateLimitsV2 | RateLimitsV2beta3 | undefined;
  readonly retryConfig: RetryConfig | undefined;
  readonly samplingRatio: number | undefined;
  readonly routing: RoutingV2 | RoutingV2beta3 | undefined;
  readonly httpTarget: HttpTargetMessage | undefined;
  /** Undefined if the version of the API has no TTLs. */
  readonly ttls: { readonly task: Duration | undefined; readonly tombstone: Duration | undefined } | undefined;
}

/**
 * Reads the settings of a queue from a request. A zero is unset and selects the default.
 *
 * @param current - the settings of a queue that is updated: its TTLs stay if the version of the API has none, and its burst size
 *   stays unless the rate changes
 * @throws RpcError for an invalid HTTP target
 */
export function queueSettingsOf(input: QueueInput, current: QueueSettings = defaultQueueSettings): QueueSettings {
  const { rateLimits, samplingRatio, ttls } = input;
  const rate = rateLimits?.maxDispatchesPerSecond || defaultQueueSettings.maxDispatchesPerSecond;
  return {
    maxDispatchesPerSecond: rate,
    maxBurstSize: rate === current.maxDispatchesPerSecond ? current.maxBurstSize : burstSizeFor(rate),
    maxConcurrentDispatches: rateLimits?.maxConcurrentDispatches || defaultQueueSettings.maxConcurrentDispatches,
    ...retrySettingsOf(input.retryConfig),
    loggingSamplingRatio: samplingRatio === 0 ? undefined : samplingRatio,
    taskTtlMs: ttls ? msOfDuration(ttls.task) || defaultQueueSettings.taskTtlMs : current.taskTtlMs,
    tombstoneTtlMs: ttls ? msOfDuration(ttls.tombstone) || undefined : current.tombstoneTtlMs,
    routing: input.routing && routingOf(input.routing),
    httpTarget: httpTargetOf(input.httpTarget),
  };
}

/** Reads an App Engine routing. Its host is output only. */
export function routingOf(routing: RoutingV2 | RoutingV2beta3 | undefined): AppEngineRouting {
  const { service = "", version = "", instance = "" } = routing ?? {};
  return { service, version, instance };
}
