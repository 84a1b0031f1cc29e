import { checkFunction, rejectUnknownOptions } from "../../core/check-options.ts";
import type { AdminContext, CallOptions } from "../admin-context.ts";
import { deleteBatch } from "./delete-batch.ts";
import { DeleteManyError, type FailedDelete } from "./delete-many-error.ts";
import { type TaskRef, taskName } from "./task-ref.ts";

/**
 * Options of `admin.tasks.deleteMany()`.
 *
 * @example
 * ```ts
 * await admin.tasks.deleteMany(tasks, { onProgress: ({ deleted }) => console.log(`${deleted} deleted`) });
 * ```
 */
export interface DeleteManyOptions extends CallOptions {
  /** Called after each API call. */
  readonly onProgress?: ((progress: DeleteManyProgress) => void) | undefined;
}

/**
 * The result of `admin.tasks.deleteMany()`.
 *
 * @example
 * ```ts
 * const { deleted, missing } = await admin.tasks.deleteMany(tasks);
 * ```
 */
export interface DeleteManyResult {
  /** The number of tasks that were deleted. */
  readonly deleted: number;
  /** The number of tasks that no longer existed. */
  readonly missing: number;
}

/**
 * The progress of `admin.tasks.deleteMany()`.
 *
 * @example
 * ```ts
 * const report = ({ deleted, failed }: DeleteManyProgress) => console.log(`${deleted} deleted, ${failed} failed`);
 * ```
 */
export interface DeleteManyProgress extends DeleteManyResult {
  /** The number of tasks that could not be deleted. */
  readonly failed: number;
}

/** The most names of a BatchDeleteTasks call. Source: `BatchDeleteTasksRequest` in google/cloud/tasks/v2/cloudtasks.proto. */
const BATCH_SIZE = 1000;

const SUBJECT = "admin.tasks.deleteMany()";

/** Deletes tasks in batches, each with tasks of one queue. */
export async function deleteMany(
  context: AdminContext,
  tasks: Iterable<TaskRef> | AsyncIterable<TaskRef>,
  options: DeleteManyOptions,
): Promise<DeleteManyResult> {
  checkArguments(tasks, options);
  const { onProgress } = options;
  const failed: FailedDelete[] = [];
  let [deleted, missing] = [0, 0];
  let stopped = false;

  async function send(names: ReadonlySet<string>): Promise<void> {
    const batch = await deleteBatch(context, [...names], options);
    deleted += batch.deleted;
    missing += batch.missing;
    failed.push(...batch.failed);
    stopped ||= batch.stopped;
    onProgress?.({ deleted, missing, failed: failed.length });
  }

  const batches = new Map<string, Set<string>>();
  for await (const task of tasks) {
    const name = await taskName(context, task, "Could not delete the tasks", options);
    const queue = name.slice(0, name.lastIndexOf("/tasks/"));
    const batch = batches.get(queue) ?? new Set();
    batches.set(queue, batch.add(name));
    if (batch.size === BATCH_SIZE) {
      batches.delete(queue);
      await send(batch);
    }
    if (stopped) break;
  }
  for (const batch of batches.values()) if (!stopped) await send(batch);
  if (failed.length > 0) throw new DeleteManyError({ deleted, missing, failed });
  return { deleted, missing };
}

function checkArguments(tasks: unknown, options: DeleteManyOptions): void {
  rejectUnknownOptions(options, ["onProgress", "signal"], SUBJECT);
  checkFunction(options.onProgress, `${SUBJECT}: onProgress`);
  const isIterable =
    typeof tasks === "object" && tasks !== null && (Symbol.iterator in tasks || Symbol.asyncIterator in tasks);
  if (!isIterable)
    throw new TypeError(`${SUBJECT}: expected an iterable or async iterable of tasks, received ${typeof tasks}`);
}
