import { create } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import {
  CreateQueueRequestSchema,
  DeleteQueueRequestSchema,
  GetQueueRequestSchema,
  ListQueuesRequestSchema,
  ListQueuesResponseSchema,
  PauseQueueRequestSchema,
  PurgeQueueRequestSchema,
  ResumeQueueRequestSchema,
  UpdateQueueRequestSchema,
} from "../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { type Queue, QueueSchema } from "../gen/google/cloud/tasks/v2/queue_pb.ts";
import { unimplemented } from "../service/rpc-error.ts";
import { type Handler, reply } from "./call.ts";
import { messageOf, parseBody } from "./json.ts";

export const listQueues: Handler = async ({ name, query, services }) => {
  const request = create(ListQueuesRequestSchema, {
    parent: name,
    filter: query.text("filter"),
    pageSize: query.integer("pageSize"),
    pageToken: query.text("pageToken"),
  });
  return reply(ListQueuesResponseSchema, services.queues.listQueues(request));
};

export const getQueue: Handler = async ({ name, services }) =>
  reply(QueueSchema, services.queues.getQueue(create(GetQueueRequestSchema, { name })));

export const createQueue: Handler = async ({ name, body, services }) => {
  const request = create(CreateQueueRequestSchema, { parent: name, queue: queueOf(body) });
  return reply(QueueSchema, await services.queues.createQueue(request));
};

export const updateQueue: Handler = async ({ name, query, body, services }) => {
  const queue = queueOf(body);
  queue.name = name;
  const paths = query.text("updateMask").split(",").filter(Boolean);
  const request = create(UpdateQueueRequestSchema, { queue, updateMask: { paths } });
  return reply(QueueSchema, await services.queues.updateQueue(request));
};

export const deleteQueue: Handler = async ({ name, services }) =>
  reply(EmptySchema, await services.queues.deleteQueue(create(DeleteQueueRequestSchema, { name })));

export const purgeQueue: Handler = async ({ name, services }) =>
  reply(QueueSchema, await services.queues.purgeQueue(create(PurgeQueueRequestSchema, { name })));

export const pauseQueue: Handler = async ({ name, services }) =>
  reply(QueueSchema, await services.queues.pauseQueue(create(PauseQueueRequestSchema, { name })));

export const resumeQueue: Handler = async ({ name, services }) =>
  reply(QueueSchema, await services.queues.resumeQueue(create(ResumeQueueRequestSchema, { name })));

/** `httpTarget` is a field of v2 over REST alone, which the proto does not know, so it would be ignored as unknown. */
function queueOf(body: Buffer): Queue {
  const json = parseBody(body);
  if ("httpTarget" in json || "http_target" in json) throw unimplemented("Queue.httpTarget");
  return messageOf(QueueSchema, json);
}
