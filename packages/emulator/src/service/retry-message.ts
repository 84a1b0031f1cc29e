import type { RetrySettings } from "../engine/records.ts";
import type { RetryConfigSchema, RetryConfig as RetryConfigV2 } from "../gen/google/cloud/tasks/v2/queue_pb.ts";
import type { RetryConfig as RetryConfigV2beta3 } from "../gen/google/cloud/tasks/v2beta3/queue_pb.ts";
import type { MessageInit } from "./message-init.ts";
import { defaultQueueSettings } from "./queues/queue-settings.ts";
import { durationOf, msOfDuration } from "./times.ts";

/** A RetryConfig of either version; their fields are equal. */
export type RetryConfig = RetryConfigV2 | RetryConfigV2beta3;

/** Reads retry settings from a request. A zero is unset and selects the default. */
export function retrySettingsOf(config: RetryConfig | undefined): RetrySettings {
  return {
    maxAttempts: config?.maxAttempts || defaultQueueSettings.maxAttempts,
    maxRetryDurationMs: msOfDuration(config?.maxRetryDuration),
    minBackoffMs: msOfDuration(config?.minBackoff) || defaultQueueSettings.minBackoffMs,
    maxBackoffMs: msOfDuration(config?.maxBackoff) || defaultQueueSettings.maxBackoffMs,
    maxDoublings: config?.maxDoublings || defaultQueueSettings.maxDoublings,
  };
}

/** The RetryConfig message of either version. */
export function retryConfigOf(settings: RetrySettings): MessageInit<typeof RetryConfigSchema> {
  return {
    maxAttempts: settings.maxAttempts,
    minBackoff: durationOf(settings.minBackoffMs),
    maxBackoff: durationOf(settings.maxBackoffMs),
    maxDoublings: settings.maxDoublings,
    ...(settings.maxRetryDurationMs > 0 && { maxRetryDuration: durationOf(settings.maxRetryDurationMs) }),
  };
}
