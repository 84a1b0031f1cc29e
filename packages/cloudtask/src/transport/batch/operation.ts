import { ApiError } from "../../core/errors/api-error.ts";
import { printable } from "../../core/printable.ts";

/** A `google.rpc.Status` in the JSON of an operation. */
export interface StatusJson {
  readonly code?: number;
  readonly message?: string;
}

/**
 * The operation of a BatchCreateTasks or BatchDeleteTasks call.
 *
 * Source: `BatchCreateTasksMetadata` in google/cloud/tasks/v2/cloudtasks.proto, and google/longrunning/operations.proto
 */
export interface Operation {
  /** Such as `projects/p/locations/l/operations/4c2a…`. */
  readonly name: string;
  readonly done: boolean;
  /** The errors of the failed items, by index. */
  readonly failures: Readonly<Record<string, StatusJson>>;
  /** The created tasks in order, without the failed ones. Empty for a batch of deletes. */
  readonly tasks: readonly unknown[];
  /** The error of the operation as a whole. */
  readonly error: StatusJson | undefined;
}

interface OperationJson {
  readonly name?: unknown;
  readonly done?: unknown;
  readonly metadata?: { readonly failedRequests?: Readonly<Record<string, StatusJson>> };
  readonly response?: { readonly tasks?: readonly unknown[] };
  readonly error?: StatusJson;
}

/**
 * Reads the answer to a batch or to GetOperation.
 *
 * @param action - the action of the call, for the message
 * @throws ApiError with `httpStatus: 200` if the answer is not an operation: the batch may have been carried out
 */
export function readOperation(body: unknown, action: string): Operation {
  const { name, done, metadata, response, error }: OperationJson = Object(body);
  if (typeof name === "string" && /^projects\/[^/]+\/locations\/[^/]+\/operations\/[^/]+$/.test(name)) {
    const tasks = response?.tasks;
    return {
      name,
      done: done === true,
      failures: Object(metadata?.failedRequests),
      tasks: Array.isArray(tasks) ? tasks : [],
      error: typeof error === "object" && error !== null ? error : undefined,
    };
  }
  const message =
    `Could not ${action}: the answer contains ${printable(name)} in place of the name of an operation. The request may still ` +
    "have been carried out. Check that the address belongs to the Cloud Tasks API.";
  throw new ApiError(message, { status: "UNKNOWN", httpStatus: 200, apiMessage: "" });
}
