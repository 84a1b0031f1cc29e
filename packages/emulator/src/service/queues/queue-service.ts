import { setQueueSettings, setQueueState } from "../../engine/change-queue.ts";
import { createQueue, queueNameState } from "../../engine/create-queue.ts";
import { deleteQueue, purgeQueue } from "../../engine/delete-queue.ts";
import type { EngineQueue } from "../../engine/engine-state.ts";
import type { QueueRecord, QueueSettings, QueueState } from "../../engine/records.ts";
import { pageSize, pageToken, readPageToken } from "../page-token.ts";
import { checkLocationName, checkQueueName, checkQueueReference } from "../resource-names.ts";
import { invalidArgument, notFound, RpcError } from "../rpc-error.ts";
import { existingQueue, type ServiceContext } from "../service-context.ts";
import { applyUpdateMask } from "../update-mask.ts";
import { queueFilter } from "./queue-filter.ts";
import { type QueueInput, queueSettingsOf } from "./queue-input.ts";
import { checkQueueSettings, defaultQueueSettings, isTombstoneTtl } from "./queue-settings.ts";

const LARGEST_PAGE = 9800;

/** A ListQueues request of either version. */
export interface QueueList {
  readonly parent: string;
  readonly filter: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** The calls about queues, for every version of the API. A call that changes a queue returns after the change is stored. */
export class QueueService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** @param json - converts a queue to the JSON of the caller's version, which the filter tests */
  listQueues(list: QueueList, json: (queue: QueueRecord) => unknown): { queues: QueueRecord[]; nextPageToken: string } {
    checkLocationName(list.parent);
    const now = this.#context.engine.clock.now();
    const limit = pageSize(list.pageSize, LARGEST_PAGE);
    const after = readPageToken(list, list.pageToken, now) ?? "";
    const passes = queueFilter(list.filter);
    const queues = [...this.#context.engine.queues.values()]
      .map(({ record }) => record)
      .filter(({ name }) => name.startsWith(`${list.parent}/queues/`) && name > after)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .filter((queue) => !passes || passes(json(queue)));
    const page = queues.slice(0, limit);
    const last = page.at(-1);
    const hasMore = last !== undefined && queues.length > page.length;
    return { queues: page, nextPageToken: hasMore ? pageToken(list, last.name, now) : "" };
  }

  getQueue(name: string): EngineQueue {
    checkQueueReference(name);
    return existingQueue(this.#context, name);
  }

  createQueue(parent: string, queue: QueueInput | undefined): Promise<QueueRecord> {
    checkLocationName(parent);
    if (!queue) throw invalidArgument("CreateQueueRequest.queue is required.");
    checkQueueName(queue.name);
    if (!queue.name.startsWith(`${parent}/queues/`)) {
      throw invalidArgument(`${queue.name} must begin with ${parent}.`);
    }
    const settings = this.#settingsOf(queue);
    checkQueueSettings(settings);
    return this.#saved(this.#created(queue.name, settings));
  }

  /** @param paths - the fields to change; empty changes all */
  updateQueue(queue: QueueInput | undefined, paths: readonly string[]): Promise<QueueRecord> {
    if (!queue) throw invalidArgument("UpdateQueueRequest.queue is required.");
    checkQueueName(queue.name);
    const requested = this.#settingsOf(queue);
    const existing = this.#context.engine.queues.get(queue.name);
    const settings = applyUpdateMask(existing?.record.settings ?? defaultQueueSettings, requested, paths);
    checkQueueSettings(settings);
    if (!existing) return this.#saved(this.#created(queue.name, settings));
    setQueueSettings(this.#context.engine, existing, settings);
    return this.#saved(existing);
  }

  async deleteQueue(name: string): Promise<void> {
    checkQueueReference(name);
    const queue = this.#context.engine.queues.get(name);
    if (!queue) throw notFound();
    deleteQueue(this.#context.engine, queue);
    await this.#saved(queue);
  }

  purgeQueue(name: string): Promise<QueueRecord> {
    const queue = this.getQueue(name);
    purgeQueue(this.#context.engine, queue);
    return this.#saved(queue);
  }

  /** Pauses or resumes a queue. */
  switchQueue(name: string, to: QueueState): Promise<QueueRecord> {
    const queue = this.getQueue(name);
    setQueueState(this.#context.engine, queue, to);
    return this.#saved(queue);
  }

  /**
   * A queue without a tombstone TTL of its own shows the emulator's task cooldown. A client that writes such a queue back sends
   * that value, which means unset.
   */
  #settingsOf(queue: QueueInput): QueueSettings {
    const settings = queueSettingsOf(queue);
    const { tombstoneTtlMs: ttl } = settings;
    const isOwn = ttl === undefined || isTombstoneTtl(ttl) || ttl !== this.#context.engine.taskCooldownMs;
    return isOwn ? settings : { ...settings, tombstoneTtlMs: undefined };
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

  async #saved({ record }: EngineQueue): Promise<QueueRecord> {
    this.#context.changed();
    await this.#context.engine.store.flushed();
    return record;
  }
}
