import { refusalIn } from "../../client/push-many/batch-support.ts";
import { ApiError } from "../../core/errors/api-error.ts";
import { httpStatusOf, rpcStatusName } from "../../core/rpc-status.ts";
import type { Operation, StatusJson } from "../../transport/batch/operation.ts";
import { runBatch } from "../../transport/batch/run-batch.ts";
import { deleteResource } from "../../transport/delete-resource.ts";
import type { AdminContext, CallOptions } from "../admin-context.ts";
import type { FailedDelete } from "./delete-many-error.ts";

/** The result of one batch. */
export interface DeletedBatch {
  readonly deleted: number;
  readonly missing: number;
  readonly failed: readonly FailedDelete[];
  /** `true` if the call failed as a whole, so the next one would fail too. */
  readonly stopped: boolean;
}

/**
 * Deletes up to 1,000 tasks of one queue with one call. They are deleted one by one if the API accepts no batches, or if the caller may
 * not read the result of a batch whose answer was lost.
 */
export async function deleteBatch(
  context: AdminContext,
  names: readonly string[],
  { signal }: CallOptions,
): Promise<DeletedBatch> {
  const [queue = ""] = names[0]?.split("/tasks/") ?? [];
  const action = `delete ${names.length} tasks of ${queue}`;
  const body = (requestId: string): string => JSON.stringify({ names, requestId });
  const batch = { path: `${queue}/tasks:batchDelete`, body, action, signal };
  const end = await runBatch(context.transport, batch, { totalTimeoutMs: context.totalTimeoutMs });
  if (end.kind === "done") return resultOf(end.operation, names, action);
  if (refusalIn(end.error) !== undefined)
    return deleteSingly(context, names, { signal, mayBeDeleted: end.kind === "unclear" });
  return { deleted: 0, missing: 0, failed: names.map((name) => ({ name, error: end.error })), stopped: true };
}

function resultOf({ failures, error }: Operation, names: readonly string[], action: string): DeletedBatch {
  const failed: FailedDelete[] = [];
  let missing = 0;
  for (const [index, name] of names.entries()) {
    const status = failures[index];
    if (status === undefined) continue;
    if (rpcStatusName(status.code ?? 0) === "NOT_FOUND") missing += 1;
    else failed.push({ name, error: itemError(status, `delete ${name}`) });
  }
  const known = Object.keys(failures).length;
  // An operation that failed without statuses of its items is not known to have deleted any of them.
  if (error !== undefined && known === 0) {
    const failure = itemError(error, action);
    return { deleted: 0, missing: 0, failed: names.map((name) => ({ name, error: failure })), stopped: true };
  }
  return { deleted: names.length - missing - failed.length, missing, failed, stopped: false };
}

async function deleteSingly(
  { transport }: AdminContext,
  names: readonly string[],
  { signal, mayBeDeleted }: CallOptions & { readonly mayBeDeleted: boolean },
): Promise<DeletedBatch> {
  const failed: FailedDelete[] = [];
  let [deleted, missing] = [0, 0];
  const remove = async (name: string): Promise<void> => {
    try {
      if ((await deleteResource(transport, name, { signal })) || mayBeDeleted) deleted += 1;
      else missing += 1;
    } catch (error) {
      failed.push({ name, error });
    }
  };
  // The transport limits the requests in progress.
  await Promise.all(names.map(remove));
  return { deleted, missing, failed, stopped: failed.length > 0 };
}

function itemError({ code = 2, message = "" }: StatusJson, action: string): ApiError {
  const status = rpcStatusName(code);
  const httpStatus = httpStatusOf(status);
  return new ApiError(`Could not ${action}: ${httpStatus} ${status}: ${message}`, {
    status,
    httpStatus,
    apiMessage: message,
  });
}
