import type { CloudAttemptJson, CloudQueueJson, CloudWaitJson } from "../../../cli/src/dashboard/cloud-json.ts";
import type { AttemptJson, AttemptsJson } from "../../../emulator/src/inspect/types/attempt-types.ts";
import type { DeadLetterFactsJson } from "../../../emulator/src/inspect/types/dead-letter-types.ts";
import type * as queues from "../../../emulator/src/inspect/types/queue-types.ts";
import type * as tasks from "../../../emulator/src/inspect/types/task-types.ts";

/*
 * The JSON of the server. `packages/emulator/src/inspect/types` documents that of an emulator, and
 * `packages/cli/src/dashboard/cloud-json.ts` that of Google Cloud, which leaves out the values that Cloud Tasks does not state.
 */

export type { FinishedJson, StartedJson } from "../../../emulator/src/inspect/types/attempt-types.ts";
export type {
  BodyJson,
  RequestJson,
  TaskState,
} from "../../../emulator/src/inspect/types/common-types.ts";
export type {
  AdvanceJson,
  FaultJson,
  FaultsJson,
  PushJson,
} from "../../../emulator/src/inspect/types/control-types.ts";
export type {
  DefinitionJson,
  DefinitionsJson,
  PayloadJson,
} from "../../../emulator/src/inspect/types/definition-types.ts";
export type {
  ClockEventJson,
  QueueEventJson,
  ResyncJson,
  StatsEventJson,
  TaskEventJson,
} from "../../../emulator/src/inspect/types/event-types.ts";
export type { FailureGroupJson, FailuresJson } from "../../../emulator/src/inspect/types/failure-types.ts";
export type { JobFilterJson, JobJson, JobsJson, NewJobJson } from "../../../emulator/src/inspect/types/job-types.ts";
export type { QueueFailureJson } from "../../../emulator/src/inspect/types/queue-types.ts";
export type { ScheduleBucketJson, ScheduleJson } from "../../../emulator/src/inspect/types/schedule-types.ts";
export type { SourceJson } from "../../../emulator/src/inspect/types/source-types.ts";
export type { PercentilesJson, StatsBucketJson, StatsJson } from "../../../emulator/src/inspect/types/stats-types.ts";
export type { TaskCountsJson } from "../../../emulator/src/inspect/types/task-types.ts";
export type { AttemptJson, AttemptsJson };

/** A queue of an emulator, which knows everything about it. */
export type EmulatorQueueJson = queues.QueueJson;

export type BlockerJson = Omit<queues.BlockerJson, "due"> & Partial<Pick<queues.BlockerJson, "due">>;

/** A queue of any source. */
export type QueueJson = Omit<CloudQueueJson, "blockers"> &
  Partial<Omit<EmulatorQueueJson, keyof CloudQueueJson>> & { readonly blockers: readonly BlockerJson[] };

export interface QueuesJson {
  readonly queues: readonly QueueJson[];
}

export type WaitJson = tasks.WaitJson | (CloudWaitJson & Partial<Omit<tasks.WaitJson, keyof CloudWaitJson>>);

/** A task of any source. */
export interface TaskJson extends Omit<tasks.TaskJson, "sequence" | "lastAttempt" | "request" | "waits"> {
  readonly sequence?: number;
  readonly lastAttempt?: tasks.LastAttemptJson | CloudAttemptJson;
  readonly request?: Omit<tasks.SummaryJson, "bodySize"> & { readonly bodySize?: number };
  readonly waits: readonly WaitJson[];
}

/** A page of a list. */
interface PageJson {
  readonly nextCursor?: string;
  /** Why bodies are neither shown nor searched. */
  readonly bodiesHidden?: string;
}

export interface TasksJson extends PageJson {
  readonly tasks: readonly TaskJson[];
  readonly counts?: tasks.TaskCountsJson;
}

export interface DeadLetterJson extends TaskJson {
  readonly deadLetter: DeadLetterFactsJson;
}

export interface DeadLettersJson extends PageJson {
  readonly deadLetters: readonly DeadLetterJson[];
}

export interface TaskWithRequestJson
  extends Omit<TaskJson, "request">,
    Pick<tasks.TaskWithRequestJson, "request" | "hasSecrets" | "authorization" | "retry"> {
  readonly running: readonly { readonly dispatchTime: string; readonly deadline: string; readonly forced?: boolean }[];
  /** Why the body is left out of `request`. */
  readonly bodiesHidden?: string;
}

export interface TaskDetailJson {
  readonly task: TaskWithRequestJson;
  /** Left out by Google Cloud, which keeps only the first and the last attempt, both in `task`. */
  readonly attempts?: readonly AttemptJson[];
  readonly nextCursor?: string;
}
