import { create } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import {
  BatchCreateTasksMetadataSchema,
  type BatchCreateTasksRequest,
  BatchCreateTasksResponseSchema,
  BatchDeleteTasksMetadataSchema,
  type BatchDeleteTasksRequest,
  BatchCreateTasksMetadata_State as CreateState,
  BatchDeleteTasksMetadata_State as DeleteState,
} from "../../gen/google/cloud/tasks/v2beta3/cloudtasks_pb.ts";
import type { Operation } from "../../gen/google/longrunning/operations_pb.ts";
import { type BatchService, batchError, successOf } from "../tasks/batch-service.ts";
import { taskInput, taskMessage } from "./task-message.ts";

const createStates = {
  all: CreateState.SUCCEEDED,
  some: CreateState.PARTIALLY_SUCCEEDED,
  none: CreateState.FAILED,
};

/** The service reports a batch of which no deletion succeeded as partially succeeded. */
const deleteStates = {
  all: DeleteState.SUCCEEDED,
  some: DeleteState.PARTIALLY_SUCCEEDED,
  none: DeleteState.PARTIALLY_SUCCEEDED,
};

/** BatchCreateTasks with the messages of v2beta3. */
export function batchCreateTasks(batches: BatchService, request: BatchCreateTasksRequest): Promise<Operation> {
  const { parent, requestId, requests } = request;
  const items = requests.map((each) => ({ parent: each.parent, input: each.task && taskInput(each.task) }));
  return batches.batchCreateTasks({ parent, requestId, items }, ({ results, ...outcome }, view) => {
    const success = successOf({ results, ...outcome });
    const tasks = [...results]
      .sort(([a], [b]) => a - b)
      .map(([index, task]) => taskMessage(task, (view === "requested" && requests[index]?.responseView) || 0));
    const message = create(BatchCreateTasksMetadataSchema, { ...outcome, state: createStates[success] });
    return {
      metadata: { schema: BatchCreateTasksMetadataSchema, message },
      outcome:
        success === "none"
          ? undefined
          : { schema: BatchCreateTasksResponseSchema, message: create(BatchCreateTasksResponseSchema, { tasks }) },
    };
  });
}

/** BatchDeleteTasks with the messages of v2beta3. */
export function batchDeleteTasks(batches: BatchService, request: BatchDeleteTasksRequest): Promise<Operation> {
  const { parent, requestId, names } = request;
  return batches.batchDeleteTasks({ parent, requestId, items: names }, ({ results, ...outcome }) => {
    const success = successOf({ results, ...outcome });
    const message = create(BatchDeleteTasksMetadataSchema, { ...outcome, state: deleteStates[success] });
    return {
      metadata: { schema: BatchDeleteTasksMetadataSchema, message },
      outcome:
        success === "none"
          ? batchError("BatchDeleteTasksMetadata")
          : { schema: EmptySchema, message: create(EmptySchema) },
    };
  });
}
