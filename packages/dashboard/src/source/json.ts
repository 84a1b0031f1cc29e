/** The JSON of the server, as `packages/emulator/src/inspect/types` documents it. */
export type {
  AttemptJson,
  AttemptsJson,
  FinishedJson,
  StartedJson,
} from "../../../emulator/src/inspect/types/attempt-types.ts";
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
  DeadLetterJson,
  DeadLettersJson,
} from "../../../emulator/src/inspect/types/dead-letter-types.ts";
export type {
  DefinitionJson,
  DefinitionsJson,
  PayloadJson,
} from "../../../emulator/src/inspect/types/definition-types.ts";
export type { EmulatorJson } from "../../../emulator/src/inspect/types/emulator-types.ts";
export type {
  ClockEventJson,
  QueueEventJson,
  ResyncJson,
  StatsEventJson,
  TaskEventJson,
} from "../../../emulator/src/inspect/types/event-types.ts";
export type { JobFilterJson, JobJson, NewJobJson } from "../../../emulator/src/inspect/types/job-types.ts";
export type {
  BlockerJson,
  QueueFailureJson,
  QueueJson,
  QueuesJson,
} from "../../../emulator/src/inspect/types/queue-types.ts";
export type { ScheduleBucketJson, ScheduleJson } from "../../../emulator/src/inspect/types/schedule-types.ts";
export type { PercentilesJson, StatsBucketJson, StatsJson } from "../../../emulator/src/inspect/types/stats-types.ts";
export type {
  TaskCountsJson,
  TaskDetailJson,
  TaskJson,
  TasksJson,
  TaskWithRequestJson,
  WaitJson,
} from "../../../emulator/src/inspect/types/task-types.ts";
