import { randomUUID } from "node:crypto";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { Operation } from "../../gen/google/longrunning/operations_pb.ts";
import type { Status } from "../../gen/google/rpc/status_pb.ts";
import { type OperationResult, type OperationService, operationOf } from "../operation-service.ts";
import { invalidArgument, RpcError } from "../rpc-error.ts";
import { itemStatusOf } from "../rpc-status.ts";
import type { ServiceContext } from "../service-context.ts";
import { timestampOf } from "../times.ts";
import { type Batch, type BatchedCreate, checkCreates, checkDeletes } from "./check-batch.ts";
import type { TaskService, TaskWithRequest } from "./task-service.ts";

/** The maximum size of a stored operation, in bytes. A larger one is stored without the bodies of its tasks. */
const LARGEST_OPERATION = 256 * 1024;

/** The outcome of a batch, which each version of the API converts to its messages. */
export interface BatchOutcome<Result> {
  readonly startTime: Timestamp;
  readonly endTime: Timestamp;
  /** The errors of the failed items, by index. */
  readonly failedRequests: Record<number, Status>;
  /** The results of the other items, by index. */
  readonly results: ReadonlyMap<number, Result>;
}

/**
 * @param view - the view of the tasks: `requested` as the caller asked for, `basic` without bodies
 */
type Write<Result> = (outcome: BatchOutcome<Result>, view: "requested" | "basic") => OperationResult;

/** The action of a batch and the conversion of its outcome. */
interface Work<Item, Result> {
  readonly act: (item: Item) => Result;
  readonly write: Write<Result>;
}

/** BatchCreateTasks and BatchDeleteTasks. A batch is not atomic, and it is done when its call returns. */
export class BatchService {
  readonly #context: ServiceContext;
  readonly #tasks: TaskService;
  readonly #operations: OperationService;

  constructor(context: ServiceContext, tasks: TaskService, operations: OperationService) {
    this.#context = context;
    this.#tasks = tasks;
    this.#operations = operations;
  }

  batchCreateTasks(batch: Batch<BatchedCreate>, write: Write<TaskWithRequest>): Promise<Operation> {
    checkCreates(batch);
    const act = ({ input }: BatchedCreate): TaskWithRequest => {
      if (input?.payload.case === undefined) throw invalidArgument("Payload type must be set.");
      return this.#tasks.add(batch.parent, input);
    };
    return this.#execute(batch, { act, write });
  }

  batchDeleteTasks(batch: Batch<string>, write: Write<void>): Promise<Operation> {
    checkDeletes(batch);
    return this.#execute(batch, { act: (name) => this.#tasks.remove(name), write });
  }

  async #execute<Item, Result>(
    { parent, requestId, items }: Batch<Item>,
    work: Work<Item, Result>,
  ): Promise<Operation> {
    const location = parent.slice(0, parent.indexOf("/queues/"));
    const name = `${location}/operations/${requestId || randomUUID()}`;
    if (this.#operations.has(name)) {
      throw invalidArgument(`Duplicate operation id in the batch request: ${requestId}`);
    }
    // The operation is stored together with the changes. After a crash in between, a repeated batch would be carried out twice.
    const outcome = this.#outcome(items, work.act);
    const operation = operationOf(name, work.write(outcome, "requested"));
    this.#operations.store(isLarge(operation) ? operationOf(name, work.write(outcome, "basic")) : operation);
    await this.#tasks.saved();
    return operation;
  }

  #outcome<Item, Result>(items: readonly Item[], act: (item: Item) => Result): BatchOutcome<Result> {
    const { clock } = this.#context.engine;
    const startedAt = clock.now();
    const failedRequests: Record<number, Status> = {};
    const results = new Map<number, Result>();
    items.forEach((item, index) => {
      try {
        results.set(index, act(item));
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        failedRequests[index] = itemStatusOf(error);
      }
    });
    // On the service the two times always differ.
    const endedAt = Math.max(clock.now(), startedAt + 1);
    return { startTime: timestampOf(startedAt), endTime: timestampOf(endedAt), failedRequests, results };
  }
}

function isLarge({ result }: Operation): boolean {
  return result.case === "response" && result.value.value.length > LARGEST_OPERATION;
}

/** The error of a batch of which no item succeeded. */
export function batchError(metadata: string): RpcError {
  const message = `None of the requests succeeded, refer to ${metadata}.failed_requests for individual error details`;
  return new RpcError("ABORTED", message);
}

/** Whether all items of a batch succeeded, some or none. */
export function successOf({ failedRequests, results }: BatchOutcome<unknown>): "all" | "some" | "none" {
  if (Object.keys(failedRequests).length === 0) return "all";
  return results.size === 0 ? "none" : "some";
}
