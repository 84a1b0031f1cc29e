import type { AppEngineRouting, QueueRecord } from "../../engine/records.ts";
import type { QueueSchema } from "../../gen/google/cloud/tasks/v2/queue_pb.ts";
import type { AppEngineRoutingSchema } from "../../gen/google/cloud/tasks/v2/target_pb.ts";
import { appEngineHost } from "../app-engine-host.ts";
import type { MessageInit } from "../message-init.ts";
import { retryConfigOf } from "../retry-message.ts";
import { timestampOf } from "../times.ts";
import { httpTargetMessage } from "./http-target.ts";

/** The fields of a queue that are equal in both versions. */
export function queueParts({ name, settings, purgedAt }: QueueRecord): MessageInit<typeof QueueSchema> {
  return {
    name,
    rateLimits: {
      maxDispatchesPerSecond: settings.maxDispatchesPerSecond,
      maxBurstSize: settings.maxBurstSize,
      maxConcurrentDispatches: settings.maxConcurrentDispatches,
    },
    retryConfig: retryConfigOf(settings),
    ...(purgedAt !== undefined && { purgeTime: timestampOf(purgedAt) }),
    ...(settings.loggingSamplingRatio !== undefined && {
      stackdriverLoggingConfig: { samplingRatio: settings.loggingSamplingRatio },
    }),
    ...(settings.httpTarget && { httpTarget: httpTargetMessage(settings.httpTarget) }),
  };
}

/**
 * The message of an App Engine routing, with its host; equal in both versions.
 *
 * @param resource - the full name of the queue or of one of its tasks
 */
export function routingMessage(
  routing: AppEngineRouting,
  resource: string,
): MessageInit<typeof AppEngineRoutingSchema> {
  const [, project = ""] = resource.split("/");
  return { ...routing, host: appEngineHost(routing, project) };
}
