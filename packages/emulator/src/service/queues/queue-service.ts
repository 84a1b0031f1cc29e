import type { Message } from "@bufbuild/protobuf";
import type { FieldMask } from "@bufbuild/protobuf/wkt";
import { setQueueSettings, setQueueState } from "../../engine/change-queue.ts";
import { createQueue, queueNameState } from "../../engine/create-queue.ts";
import { deleteQueue, purgeQueue } from "../../engine/delete-queue.ts";
import type { EngineQueue } from "../../engine/engine-state.ts";
import type { QueueRecord, QueueSettings, QueueState } from "../../engine/records.ts";
import { pageSize, pageToken, readPageToken } from "../page-token.ts";
import { checkQueueName } from "../resource-names.ts";
import { invalidArgument, notFound, RpcError } from "../rpc-error.ts";
import { existingQueue, type ServiceContext } from "../service-context.ts";
import { applyUpdateMask } from "../update-mask.ts";
import { queueFilter } from "./filter/queue-filter.ts";
import { httpTargetOf } from "./http-target.ts";
import type { QueueFormat } from "./queue-format.ts";
import { type QueueInput, queueSettingsOf } from "./queue-input.ts";
import { checkQueueConfig, defaultQueueSettings, isTombstoneTtl } from "./queue-settings.ts";

const LARGEST_PAGE = 9800;

/** A ListQueues request of either version. */
export interface QueueList {
  readonly parent: string;
  readonly filter: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** A page of queues. */
export interface QueuePage {
  readonly queues: readonly QueueRecord[];
  /** Empty after an empty page. */
  readonly nextPageToken: string;
}

/** The calls about queues, for every version of the API. A call that changes a queue returns after the change is stored. */
export class QueueService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** @param format - the messages of the caller's version, which the filter tests */
  listQueues<Queue extends Message>(list: QueueList, format: QueueFormat<Queue>): QueuePage {
    const now = this.#context.engine.clock.now();
    const limit = pageSize("ListQueuesRequest", list.pageSize, LARGEST_PAGE);
    const after = readPageToken(list, list.pageToken, now) ?? "";
    const passes = queueFilter(format.schema, list.filter);
    const queues = [...this.#context.engine.queues.values()]
      .map(({ record }) => record)
      .filter(({ name }) => name.startsWith(`${list.parent}/queues/`) && name > after)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .filter((queue) => !passes || passes(format.write(queue)))
      .slice(0, limit);
    const last = queues.at(-1);
    return { queues, nextPageToken: last ? pageToken(list, last.name, now) : "" };
  }

  getQueue(name: string): EngineQueue {
    return existingQueue(this.#context, name);
  }

  createQueue(parent: string, queue: QueueInput | undefined): Promise<QueueRecord> {
    const name = queue?.name ?? "";
    checkQueueName(name);
    if (!name.startsWith(`${parent}/queues/`)) throw invalidArgument(`${name} must begin with ${parent}.`);
    this.#checkNameIsFree(name);
    const settings = this.#checkedSettings(queue, defaultQueueSettings);
    return this.#saved(createQueue(this.#context.engine, name, settings));
  }

  /**
   * Creates a missing queue with the masked fields of the request.
   *
   * @param mask - the fields to change; undefined changes all, a mask without paths none
   */
  updateQueue<Queue extends Message>(
    format: QueueFormat<Queue>,
    requested: Queue,
    mask: FieldMask | undefined,
  ): Promise<QueueRecord> {
    const input = format.read(requested);
    const { name } = input;
    const { engine } = this.#context;
    const existing = engine.queues.get(name);
    const record = existing?.record ?? newQueue(name);
    // The real service checks the target of the request even if the mask leaves it out.
    httpTargetOf(input.httpTarget);
    const merged = mask
      ? applyUpdateMask(format.schema, { current: format.write(record), requested, paths: mask.paths })
      : requested;
    if (!existing) this.#checkNameIsFree(name);
    const settings = this.#checkedSettings(format.read(merged as Queue), record.settings);
    if (!existing) return this.#saved(createQueue(engine, name, settings));
    setQueueSettings(engine, existing, settings);
    return this.#saved(existing);
  }

  async deleteQueue(name: string): Promise<void> {
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
  #checkedSettings(queue: QueueInput | undefined, current: QueueSettings): QueueSettings {
    if (!queue) return current;
    const settings = queueSettingsOf(queue, current);
    const { tombstoneTtlMs: ttl } = settings;
    const isOwn = ttl === undefined || isTombstoneTtl(ttl) || ttl !== this.#context.engine.taskCooldownMs;
    const own = isOwn ? settings : { ...settings, tombstoneTtlMs: undefined };
    checkQueueConfig(own);
    return own;
  }

  #checkNameIsFree(name: string): void {
    const nameState = queueNameState(this.#context.engine, name);
    if (nameState === "taken") throw new RpcError("ALREADY_EXISTS", "Queue already exists");
    if (nameState === "free") return;
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

function newQueue(name: string): QueueRecord {
  return { name, settings: defaultQueueSettings, state: "RUNNING", purgedAt: undefined, policy: undefined };
}
