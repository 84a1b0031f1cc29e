import { checkTaskId, parseNewTaskName, parseTaskName } from "../resource-names.ts";
import { invalidArgument, type RpcError } from "../rpc-error.ts";
import type { TaskInput } from "./task-input.ts";

/** The limits of google/cloud/tasks/v2/cloudtasks.proto. */
const MOST_CREATED = 100;
const MOST_DELETED = 1_000;

/** A batch of either version. */
export interface Batch<Item> {
  readonly parent: string;
  /** Empty if the caller chose none. */
  readonly requestId: string;
  readonly items: readonly Item[];
}

/** One task of a BatchCreateTasks request. */
export interface BatchedCreate {
  readonly parent: string;
  readonly input: TaskInput | undefined;
}

/** @throws RpcError for an error that fails the batch as a whole */
export function checkCreates({ parent, items }: Batch<BatchedCreate>): void {
  checkSize(items.length, MOST_CREATED, "created");
  const names = new Set<string>();
  for (const item of items) {
    if (item.parent !== parent) throw otherQueue(item.parent, parent);
    const name = item.input?.name ?? "";
    if (name === "") continue;
    parseNewTaskName(name, parent);
    if (names.has(name)) throw invalidArgument(`Duplicate task name in the batch request: ${name}`);
    names.add(name);
  }
}

/** @throws RpcError for an error that fails the batch as a whole */
export function checkDeletes({ parent, items }: Batch<string>): void {
  checkSize(items.length, MOST_DELETED, "deleted");
  for (const name of items) {
    const { queue, id } = parseTaskName(name);
    if (queue !== parent) throw otherQueue(queue, parent);
    checkTaskId(id);
  }
}

function checkSize(size: number, most: number, action: string): void {
  if (size === 0) throw invalidArgument("Request must contain at least one task.");
  if (size <= most) return;
  throw invalidArgument(`A maximum of ${most} tasks can be ${action} in a single batch, but got ${size} tasks.`);
}

function otherQueue(found: string, queue: string): RpcError {
  return invalidArgument(
    `All tasks in a batch request must target the same queue. Found task for queue ${found} in batch request for queue ${queue}.`,
  );
}
