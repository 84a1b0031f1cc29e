import type { AppEngineRouting, QueueRecord } from "../../engine/records.ts";
import type { QueueSchema } from "../../gen/google/cloud/tasks/v2/queue_pb.ts";
import type { AppEngineRoutingSchema } from "../../gen/google/cloud/tasks/v2/target_pb.ts";
import { appEngineHost } from "../app-engine-host.ts";
import type { MessageInit } from "../message-init.ts";
import { retryConfigOf } from "../retry-message.ts";
import { timestampOf } from "../times.ts";
import { httpTargetMessage } from "./http-target.ts";

/** What both versions show of a queue in the same way. */
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
 * An App Engine routing as both versions show it, with the host that follows from it.
 *
 * @param resource - the name of the queue that it is of
 */
export function routingMessage(
  routing: AppEngineRouting,
  resource: string,
): MessageInit<typeof AppEngineRoutingSchema> {
  const [, project = ""] = resource.split("/");
  return { ...routing, host: appEngineHost(routing, project) };
}
