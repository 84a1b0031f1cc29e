import { create } from "@bufbuild/protobuf";
import { type Empty, EmptySchema } from "@bufbuild/protobuf/wkt";
import { setQueueSettings, setQueueState } from "../engine/change-queue.ts";
import { createQueue, queueNameState } from "../engine/create-queue.ts";
import { deleteQueue, purgeQueue } from "../engine/delete-queue.ts";
import type { EngineQueue } from "../engine/engine-state.ts";
import type { QueueSettings, QueueState } from "../engine/records.ts";
import {
  type CreateQueueRequest,
  type DeleteQueueRequest,
  type GetQueueRequest,
  type ListQueuesRequest,
  type ListQueuesResponse,
  ListQueuesResponseSchema,
  type PauseQueueRequest,
  type PurgeQueueRequest,
  type ResumeQueueRequest,
  type UpdateQueueRequest,
} from "../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import type { Queue } from "../gen/google/cloud/tasks/v2/queue_pb.ts";
import { checkLocationName, checkQueueName, checkQueueReference } from "./names.ts";
import { pageSize, pageToken, readPageToken } from "./page-token.ts";
import { queueFilter } from "./queue-filter.ts";
import { queueMessage, queueSettingsOf } from "./queue-message.ts";
import { checkQueueSettings, defaultQueueSettings } from "./queue-settings.ts";
import { invalidArgument, notFound, RpcError } from "./rpc-error.ts";
import { existingQueue, type ServiceContext } from "./service-context.ts";
import { applyUpdateMask } from "./update-mask.ts";

const LARGEST_PAGE = 9800;

/** The calls of google.cloud.tasks.v2.CloudTasks about queues. A call that changes something returns once it is safe. */
export class QueueService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  listQueues({ parent, filter, pageSize: size, pageToken: token }: ListQueuesRequest): ListQueuesResponse {
    checkLocationName(parent);
    const now = this.#now();
    const limit = pageSize(size, LARGEST_PAGE);
    const after = readPageToken({ parent, filter }, token, now) ?? "";
    const passes = queueFilter(filter);
    const queues = [...this.#context.engine.queues.values()]
      .filter(({ record }) => record.name.startsWith(`${parent}/queues/`) && record.name > after)
      .sort((a, b) => (a.record.name < b.record.name ? -1 : 1))
      .map(({ record }) => queueMessage(record))
      .filter(passes);
    const page = queues.slice(0, limit);
    const last = page.at(-1);
    const hasMore = last !== undefined && queues.length > page.length;
    return create(ListQueuesResponseSchema, {
      queues: page,
      nextPageToken: hasMore ? pageToken({ parent, filter }, last.name, now) : "",
    });
  }

  getQueue({ name }: GetQueueRequest): Queue {
    return queueMessage(this.#referred(name).record);
  }

  async createQueue({ parent, queue }: CreateQueueRequest): Promise<Queue> {
    checkLocationName(parent);
    if (!queue) throw invalidArgument("CreateQueueRequest.queue is required.");
    checkQueueName(queue.name);
    if (!queue.name.startsWith(`${parent}/queues/`)) {
      throw invalidArgument(`${queue.name} must begin with ${parent}.`);
    }
    const settings = queueSettingsOf(queue);
    checkQueueSettings(settings);
    return this.#saved(this.#created(queue.name, settings));
  }

  async updateQueue({ queue, updateMask }: UpdateQueueRequest): Promise<Queue> {
    if (!queue) throw invalidArgument("UpdateQueueRequest.queue is required.");
    checkQueueName(queue.name);
    const wanted = queueSettingsOf(queue);
    const existing = this.#context.engine.queues.get(queue.name);
    const settings = applyUpdateMask(
      existing?.record.settings ?? defaultQueueSettings,
      wanted,
      updateMask?.paths ?? [],
    );
    checkQueueSettings(settings);
    if (!existing) return this.#saved(this.#created(queue.name, settings));
    setQueueSettings(this.#context.engine, existing, settings);
    return this.#saved(existing);
  }

  async deleteQueue({ name }: DeleteQueueRequest): Promise<Empty> {
    checkQueueReference(name);
    const queue = this.#context.engine.queues.get(name);
    if (!queue) throw notFound();
    deleteQueue(this.#context.engine, queue);
    await this.#saved(queue);
    return create(EmptySchema);
  }

  async purgeQueue({ name }: PurgeQueueRequest): Promise<Queue> {
    const queue = this.#referred(name);
    purgeQueue(this.#context.engine, queue);
    return this.#saved(queue);
  }

  pauseQueue({ name }: PauseQueueRequest): Promise<Queue> {
    return this.#switched(name, "PAUSED");
  }

  resumeQueue({ name }: ResumeQueueRequest): Promise<Queue> {
    return this.#switched(name, "RUNNING");
  }

  #switched(name: string, state: QueueState): Promise<Queue> {
    const queue = this.#referred(name);
    setQueueState(this.#context.engine, queue, state);
    return this.#saved(queue);
  }

  #referred(name: string): EngineQueue {
    checkQueueReference(name);
    return existingQueue(this.#context, name);
  }

  #created(name: string, settings: QueueSettings): EngineQueue {
    const nameState = queueNameState(this.#context.engine, name);
    if (nameState === "taken") throw new RpcError("ALREADY_EXISTS", "Queue already exists");
    if (nameState === "free") return createQueue(this.#context.engine, name, settings);
    throw new RpcError(
      "FAILED_PRECONDITION",
      "The queue cannot be created because a queue with this name existed too recently.",
    );
  }

  async #saved({ record }: EngineQueue): Promise<Queue> {
    this.#context.changed();
    const saved = queueMessage(record);
    await this.#context.engine.store.flushed();
    return saved;
  }

  #now(): number {
    return this.#context.engine.clock.now();
  }
}
