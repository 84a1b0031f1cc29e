import { create } from "@bufbuild/protobuf";
import type { HttpTarget } from "../../engine/records.ts";
import { type CreateTaskRequest, CreateTaskRequestSchema } from "../../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { HttpMethod } from "../../gen/google/cloud/tasks/v2/target_pb.ts";
import { checkQueueId, checkTaskId } from "../resource-names.ts";
import { invalidArgument } from "../rpc-error.ts";
import type { Services } from "../services.ts";

/** A task that consists of a body; everything else is defined by its queue. */
export interface BufferedTask {
  readonly queue: string;
  /** Empty if the caller chose none. */
  readonly id: string;
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
}

/**
 * Converts a BufferTask call to a CreateTask request, using the HttpTarget of the queue.
 * Source: projects.locations.queues.tasks.buffer in the REST discovery document.
 *
 * @throws RpcError if an id is invalid, or the queue does not exist or has no target host
 */
export function bufferRequest({ queues }: Services, buffered: BufferedTask): CreateTaskRequest {
  const { queue, id, body, contentType } = buffered;
  checkQueueId(queue.slice(queue.lastIndexOf("/") + 1));
  if (id !== "") checkTaskId(id);
  const { httpTarget } = queues.getQueue(queue).record.settings;
  return create(CreateTaskRequestSchema, {
    parent: queue,
    task: {
      name: id === "" ? "" : `${queue}/tasks/${id}`,
      messageType: {
        case: "httpRequest",
        value: {
          url: urlOf(httpTarget, queue),
          // At dispatch the method of the queue replaces it.
          httpMethod: HttpMethod.POST,
          headers: contentType === undefined ? {} : { "Content-Type": contentType },
          body,
        },
      },
    },
  });
}

function urlOf(target: HttpTarget | undefined, queue: string): string {
  const { scheme = "HTTPS", host, port = 0, path = "", query = "" } = target?.uri ?? {};
  if (host === undefined) {
    throw invalidArgument(
      `The queue ${queue} has no HttpTarget.uriOverride.host, so its buffered tasks have nowhere to go. Set it with UpdateQueue.`,
    );
  }
  const authority = port === 0 ? host : `${host}:${port}`;
  const search = query === "" ? "" : `?${query.replace(/^\?/, "")}`;
  return `${scheme.toLowerCase()}://${authority}/${path.replace(/^\//, "")}${search}`;
}
