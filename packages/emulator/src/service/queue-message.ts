import { create } from "@bufbuild/protobuf";
import type { QueueRecord, QueueSettings } from "../engine/records.ts";
import {
  type Queue,
  Queue_State,
  QueueSchema,
  type RateLimits,
  type RetryConfig,
  StackdriverLoggingConfigSchema,
} from "../gen/google/cloud/tasks/v2/queue_pb.ts";
import { burstSizeFor, defaultQueueSettings } from "./queue-settings.ts";
import { unimplemented } from "./rpc-error.ts";
import { durationOf, msOfDuration, timestampOf } from "./times.ts";

/** A queue as the API shows it. */
export function queueMessage({ name, state, settings, purgedAt }: QueueRecord): Queue {
  const queue = create(QueueSchema, {
    name,
    state: Queue_State[state],
    rateLimits: {
      maxDispatchesPerSecond: settings.maxDispatchesPerSecond,
      maxBurstSize: settings.maxBurstSize,
      maxConcurrentDispatches: settings.maxConcurrentDispatches,
    },
    retryConfig: {
      maxAttempts: settings.maxAttempts,
      minBackoff: durationOf(settings.minBackoffMs),
      maxBackoff: durationOf(settings.maxBackoffMs),
      maxDoublings: settings.maxDoublings,
    },
  });
  if (queue.retryConfig && settings.maxRetryDurationMs > 0) {
    queue.retryConfig.maxRetryDuration = durationOf(settings.maxRetryDurationMs);
  }
  if (purgedAt !== undefined) queue.purgeTime = timestampOf(purgedAt);
  if (settings.loggingSamplingRatio !== undefined) {
    const logging = { samplingRatio: settings.loggingSamplingRatio };
    queue.stackdriverLoggingConfig = create(StackdriverLoggingConfigSchema, logging);
  }
  return queue;
}

/**
 * What a request sets on a queue. Zero means unset, so the default; output-only fields are ignored.
 *
 * @throws RpcError for what this emulator has no part for
 */
export function queueSettingsOf(queue: Queue): QueueSettings {
  if (queue.appEngineRoutingOverride) throw unimplemented("Queue.appEngineRoutingOverride");
  return {
    ...rateSettings(queue.rateLimits),
    ...retrySettings(queue.retryConfig),
    loggingSamplingRatio: queue.stackdriverLoggingConfig?.samplingRatio,
  };
}

type RateSettings = Pick<QueueSettings, "maxDispatchesPerSecond" | "maxBurstSize" | "maxConcurrentDispatches">;

function rateSettings(limits: RateLimits | undefined): RateSettings {
  const rate = limits?.maxDispatchesPerSecond || defaultQueueSettings.maxDispatchesPerSecond;
  return {
    maxDispatchesPerSecond: rate,
    maxBurstSize: burstSizeFor(rate),
    maxConcurrentDispatches: limits?.maxConcurrentDispatches || defaultQueueSettings.maxConcurrentDispatches,
  };
}

type RetrySettings = Omit<QueueSettings, keyof RateSettings | "loggingSamplingRatio">;

function retrySettings(config: RetryConfig | undefined): RetrySettings {
  return {
    maxAttempts: config?.maxAttempts || defaultQueueSettings.maxAttempts,
    // "truncated to the nearest second": google/cloud/tasks/v2/queue.proto
    maxRetryDurationMs: Math.trunc(msOfDuration(config?.maxRetryDuration) / 1000) * 1000,
    minBackoffMs: msOfDuration(config?.minBackoff) || defaultQueueSettings.minBackoffMs,
    maxBackoffMs: msOfDuration(config?.maxBackoff) || defaultQueueSettings.maxBackoffMs,
    maxDoublings: config?.maxDoublings || defaultQueueSettings.maxDoublings,
  };
}
