import { randomUUID } from "node:crypto";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { Operation } from "../../gen/google/longrunning/operations_pb.ts";
import type { Status } from "../../gen/google/rpc/status_pb.ts";
import {
  type OperationOrigin,
  type OperationResult,
  type OperationService,
  operationOf,
} from "../operation-service.ts";
import { checkQueueReference, parseTaskReference } from "../resource-names.ts";
import { invalidArgument, RpcError } from "../rpc-error.ts";
import { statusOf } from "../rpc-status.ts";
import { existingQueue, type ServiceContext } from "../service-context.ts";
import { timestampOf } from "../times.ts";
import type { TaskInput } from "./task-input.ts";
import type { TaskService, TaskWithRequest } from "./task-service.ts";

/** The limits of google/cloud/tasks/v2beta3/cloudtasks.proto. */
const MOST_CREATED = 100;
const MOST_DELETED = 1_000;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** A batch of either version. */
interface Batch<Item> {
  readonly parent: string;
  /** Empty if the caller chose none. */
  readonly requestId: string;
  readonly items: readonly Item[];
}

/** One task of a BatchCreateTasks request. */
export interface BatchedCreate {
  /** Empty selects the parent of the batch. */
  readonly parent: string;
  readonly input: TaskInput | undefined;
}

/** The outcome of a batch, which each version of the API converts to its messages. */
export interface BatchOutcome<Result> {
  readonly state: "SUCCEEDED" | "PARTIALLY_SUCCEEDED" | "FAILED";
  readonly startTime: Timestamp;
  readonly endTime: Timestamp;
  /** The errors of the failed items, by index. */
  readonly failedRequests: Record<number, Status>;
  /** The results of the other items, by index. */
  readonly results: ReadonlyMap<number, Result>;
}

/**
 * @param view - the view of the tasks: `requested` as the caller asked for, `basic` without bodies, for the stored operation
 */
type Write<Result> = (outcome: BatchOutcome<Result>, view: "requested" | "basic") => OperationResult;

/** The action of a batch and the conversion of its outcome. */
interface Work<Item, Result> {
  readonly rpc: string;
  readonly act: (item: Item) => Promise<Result>;
  readonly write: Write<Result>;
}

/** A batch that is being executed. */
interface Running {
  readonly origin: OperationOrigin;
  readonly operation: Promise<Operation>;
}

/** BatchCreateTasks and BatchDeleteTasks. A batch is not atomic, and it is done when its call returns. */
export class BatchService {
  readonly #context: ServiceContext;
  readonly #tasks: TaskService;
  readonly #operations: OperationService;
  readonly #running = new Map<string, Running>();

  constructor(context: ServiceContext, tasks: TaskService, operations: OperationService) {
    this.#context = context;
    this.#tasks = tasks;
    this.#operations = operations;
  }

  batchCreateTasks(batch: Batch<BatchedCreate>, write: Write<TaskWithRequest>): Promise<Operation> {
    const { parent, items } = batch;
    this.#check(batch, MOST_CREATED, "BatchCreateTasksRequest.requests");
    const foreign = items.find((each) => each.parent !== "" && each.parent !== parent);
    if (foreign) {
      throw invalidArgument(
        `The parent of every request must be that of the batch, ${parent}; received ${foreign.parent}.`,
      );
    }
    const act = ({ input }: BatchedCreate): Promise<TaskWithRequest> => this.#tasks.createTask(parent, input);
    return this.#once(batch, { rpc: "batchCreateTasks", act, write });
  }

  batchDeleteTasks(batch: Batch<string>, write: Write<void>): Promise<Operation> {
    const { parent, items } = batch;
    this.#check(batch, MOST_DELETED, "BatchDeleteTasksRequest.names");
    const foreign = items.find((name) => parseTaskReference(name).queue !== parent);
    if (foreign !== undefined) throw invalidArgument(`Every task must be in the queue ${parent}; received ${foreign}.`);
    return this.#once(batch, { rpc: "batchDeleteTasks", act: (name) => this.#tasks.deleteTask(name), write });
  }

  /** A batch that is sent again with the same request id is not executed again: it returns the operation of the first. */
  async #once<Item, Result>(
    { parent, requestId, items }: Batch<Item>,
    { rpc, act, write }: Work<Item, Result>,
  ): Promise<Operation> {
    const origin = { rpc, parent };
    const location = parent.slice(0, parent.indexOf("/queues/"));
    const name = `${location}/operations/${requestId === "" ? randomUUID() : requestId.toLowerCase()}`;
    const previous = this.#previous(name, origin);
    if (previous) return previous;
    const running = this.#outcome(items, act)
      .then((outcome) => {
        this.#operations.store(name, origin, write(outcome, "basic"));
        return operationOf(name, write(outcome, "requested"));
      })
      .finally(() => this.#running.delete(name));
    this.#running.set(name, { origin, operation: running });
    const operation = await running;
    await this.#context.engine.store.flushed();
    return operation;
  }

  #previous(name: string, { rpc, parent }: OperationOrigin): Promise<Operation> | Operation | undefined {
    const running = this.#running.get(name);
    const origin = running?.origin ?? this.#operations.originOf(name);
    if (origin && (origin.rpc !== rpc || origin.parent !== parent)) {
      throw invalidArgument(
        `The requestId was used before, for ${origin.rpc} on ${origin.parent}; this is ${rpc} on ${parent}. Choose another.`,
      );
    }
    return running?.operation ?? this.#operations.find(name);
  }

  async #outcome<Item, Result>(
    items: readonly Item[],
    act: (item: Item) => Promise<Result>,
  ): Promise<BatchOutcome<Result>> {
    const startTime = this.#now();
    const failedRequests: Record<number, Status> = {};
    const results = new Map<number, Result>();
    const acts = items.map(async (item, index) => {
      try {
        results.set(index, await act(item));
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        failedRequests[index] = statusOf(error);
      }
    });
    await Promise.all(acts);
    const failed = items.length - results.size;
    const state = failed === 0 ? "SUCCEEDED" : results.size === 0 ? "FAILED" : "PARTIALLY_SUCCEEDED";
    return { state, startTime, endTime: this.#now(), failedRequests, results };
  }

  #check({ parent, requestId, items }: Batch<unknown>, most: number, field: string): void {
    checkQueueReference(parent);
    existingQueue(this.#context, parent);
    if (requestId !== "" && !uuid.test(requestId)) {
      throw invalidArgument(`The requestId must be a UUID of version 4; received "${requestId}".`);
    }
    if (items.length === 0) throw invalidArgument(`${field} must not be empty.`);
    if (items.length > most) {
      throw invalidArgument(`${field} must hold at most ${most} items; received ${items.length}.`);
    }
  }

  #now(): Timestamp {
    return timestampOf(this.#context.engine.clock.now());
  }
}

/**
 * The error of a batch if no item succeeded.
 * Source: `BatchDeleteTasksMetadata.State` in google/cloud/tasks/v2beta3/cloudtasks.proto.
 *
 * @param metadata - the name of the message that contains the errors of the items
 */
export function batchError({ state }: BatchOutcome<unknown>, metadata: string): RpcError | undefined {
  if (state !== "FAILED") return undefined;
  const message = `None of the requests succeeded, refer to ${metadata}.failed_requests for individual error details`;
  return new RpcError("ABORTED", message);
}
