/**
 * The parts of the emulator that `@cloudtask/cli` uses to serve the dashboard over Google Cloud. Outside semver: not for
 * applications.
 *
 * @module
 */
export { createDashboard } from "./dashboard/create-dashboard.ts";
export { dashboardFolder } from "./dashboard/dashboard-folder.ts";
export { HiddenValues } from "./history/masking/hidden-values.ts";
export { maskRequest } from "./history/recorded-exchange.ts";
export { AccessGuard } from "./http/access-guard.ts";
export { type Answer, errorAnswer, unknownPath, wrongMethod } from "./http/answer.ts";
export { ControlToken } from "./http/control-token.ts";
export { parseObject } from "./http/parse-body.ts";
export { Query } from "./http/query.ts";
export { readBody } from "./http/read-body.ts";
export { decodePath, splitUrl } from "./http/request-url.ts";
export { closeIfUnread, writeAnswer } from "./http/write-answer.ts";
export { Job } from "./inspect/control/jobs/job.ts";
export { restoreMasked } from "./inspect/control/push/restore-masked.ts";
export { definedFields } from "./inspect/defined-fields.ts";
export { cursorOf, limitOf, readCursor } from "./inspect/paging.ts";
export { includesText } from "./inspect/tasks/includes-text.ts";
export { previewOf } from "./inspect/tasks/preview-of.ts";
export { matchesStatus, type TaskFilter, taskFilterOf } from "./inspect/tasks/task-query.ts";
export type { LiveState, RequestJson } from "./inspect/types/common-types.ts";
export type { PushJson, SessionJson } from "./inspect/types/control-types.ts";
export type { DeadLetterFactsJson } from "./inspect/types/dead-letter-types.ts";
export type { FailureGroupJson, FailuresJson } from "./inspect/types/failure-types.ts";
export type { JobJson, JobsJson, NewJobJson } from "./inspect/types/job-types.ts";
export type { BlockerJson, QueueJson } from "./inspect/types/queue-types.ts";
export type { SourceJson } from "./inspect/types/source-types.ts";
export type { SummaryJson, TaskJson, TaskWithRequestJson } from "./inspect/types/task-types.ts";
export { invalidArgument, RpcError } from "./service/rpc-error.ts";
