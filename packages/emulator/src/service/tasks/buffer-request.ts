import { create } from "@bufbuild/protobuf";
import type { HttpTarget } from "../../engine/records.ts";
import { type CreateTaskRequest, CreateTaskRequestSchema } from "../../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { HttpMethod } from "../../gen/google/cloud/tasks/v2/target_pb.ts";
import { invalidArgument } from "../rpc-error.ts";
import type { Services } from "../services.ts";

/** A task of which only the body is given: the rest is the queue's. */
export interface BufferedTask {
  readonly queue: string;
  /** Undefined where the caller chose none. */
  readonly id: string | undefined;
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
}

/**
 * BufferTask: the CreateTask request that a body and the HttpTarget of its queue come to.
 * Source: projects.locations.queues.tasks.buffer in the REST discovery document.
 *
 * @throws RpcError where the queue does not exist, or does not say where its tasks go
 */
export function bufferRequest({ queues }: Services, buffered: BufferedTask): CreateTaskRequest {
  const { queue, id, body, contentType } = buffered;
  const { httpTarget } = queues.getQueue(queue).record.settings;
  return create(CreateTaskRequestSchema, {
    parent: queue,
    task: {
      name: id === undefined ? "" : `${queue}/tasks/${id}`,
      messageType: {
        case: "httpRequest",
        value: {
          url: urlOf(httpTarget, queue),
          // The queue's method takes its place at dispatch.
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
