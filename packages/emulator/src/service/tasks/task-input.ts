import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type { Task as TaskV2 } from "../../gen/google/cloud/tasks/v2/task_pb.ts";
import type { Task as TaskV2beta3 } from "../../gen/google/cloud/tasks/v2beta3/task_pb.ts";
import type { RetryConfig } from "../retry-message.ts";

/** What a task is asked to send, in either version. */
export type Payload = TaskV2["messageType"] | TaskV2beta3["payloadType"];

/** What a request says about a task, of whichever version it is. Output-only fields are left out. */
export interface TaskInput {
  /** Empty where the caller chose none. */
  readonly name: string;
  readonly payload: Payload;
  readonly scheduleTime: Timestamp | undefined;
  readonly dispatchDeadline: Duration | undefined;
  readonly retryConfig: RetryConfig | undefined;
}
