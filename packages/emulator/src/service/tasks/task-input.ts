import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type { Task as TaskV2 } from "../../gen/google/cloud/tasks/v2/task_pb.ts";
import type { Task as TaskV2beta3 } from "../../gen/google/cloud/tasks/v2beta3/task_pb.ts";
import type { RetryConfig } from "../retry-message.ts";

/** The request of a task, in either version of the API. */
export type Payload = TaskV2["messageType"] | TaskV2beta3["payloadType"];

/** The task of a CreateTask request, independent of the version of the API. Output-only fields are left out. */
export interface TaskInput {
  /** Empty if the caller chose none. */
  readonly name: string;
  readonly payload: Payload;
  readonly scheduleTime: Timestamp | undefined;
  readonly dispatchDeadline: Duration | undefined;
  readonly retryConfig: RetryConfig | undefined;
}
