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
import { type BatchService, batchError } from "../tasks/batch-service.ts";
import { taskInput, taskMessage } from "./task-message.ts";

/** BatchCreateTasks with the messages of v2beta3. */
export function batchCreateTasks(batches: BatchService, request: BatchCreateTasksRequest): Promise<Operation> {
  const { parent, requestId, requests } = request;
  const items = requests.map((each) => ({ parent: each.parent, input: each.task && taskInput(each.task) }));
  return batches.batchCreateTasks({ parent, requestId, items }, ({ results, ...outcome }, view) => {
    const tasks = [...results]
      .sort(([a], [b]) => a - b)
      .map(([index, task]) => taskMessage(task, (view === "requested" && requests[index]?.responseView) || 0));
    return {
      metadataSchema: BatchCreateTasksMetadataSchema,
      metadata: create(BatchCreateTasksMetadataSchema, { ...outcome, state: CreateState[outcome.state] }),
      responseSchema: BatchCreateTasksResponseSchema,
      response: create(BatchCreateTasksResponseSchema, { tasks }),
      error: batchError({ results, ...outcome }, "BatchCreateTasksMetadata"),
    };
  });
}

/** BatchDeleteTasks with the messages of v2beta3. */
export function batchDeleteTasks(batches: BatchService, request: BatchDeleteTasksRequest): Promise<Operation> {
  const { parent, requestId, names } = request;
  return batches.batchDeleteTasks({ parent, requestId, items: names }, ({ results, ...outcome }) => ({
    metadataSchema: BatchDeleteTasksMetadataSchema,
    metadata: create(BatchDeleteTasksMetadataSchema, { ...outcome, state: DeleteState[outcome.state] }),
    responseSchema: EmptySchema,
    response: create(EmptySchema),
    error: batchError({ results, ...outcome }, "BatchDeleteTasksMetadata"),
  }));
}
