import type { EngineTask } from "../../engine/engine-state.ts";
import type { RetrySettings, TaskRequest } from "../../engine/records.ts";
import type { Query } from "../../http/query.ts";
import { invalidArgument, RpcError } from "../../service/rpc-error.ts";
import { attemptsOfTask } from "../attempts/attempts-json.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339 } from "../rfc3339.ts";
import type { AuthorizationJson, RetryJson, TaskDetailJson, TaskWithRequestJson } from "../types/task-types.ts";
import { finishedTaskFacts, kindOf, type WholeFinishedTask, wholeFinishedTask } from "./finished-task-json.ts";
import { requestJson, taskFacts } from "./task-json.ts";

/** Answers GET /inspect/tasks/{full name}. */
export function taskDetailJson(parts: InspectParts, name: string, query: Query): TaskDetailJson {
  const bodyBytes = query.integer("bodyBytes");
  if (bodyBytes < 0) throw invalidArgument(`bodyBytes: expected an integer of at least 0; received ${bodyBytes}`);
  const task = findTask(parts, name);
  const finished = task ? undefined : findFinished(parts, name);
  if (!task && !finished) {
    throw new RpcError("NOT_FOUND", `No task ${JSON.stringify(name)}, and no attempt of it in the history.`);
  }
  const detail = task
    ? liveDetail(parts, task, bodyBytes || parts.info.options.history.bodyBytes)
    : finishedDetail(parts, finished as WholeFinishedTask);
  return { task: detail, ...attemptsOfTask(parts, name) };
}

/** Returns the task with a full name, if it exists. */
export function findTask({ engine }: Pick<InspectParts, "engine">, name: string): EngineTask | undefined {
  const [, queueName = "", id = ""] = /^(.+)\/tasks\/([^/]+)$/.exec(name) ?? [];
  return engine.queues.get(queueName)?.tasks.get(id);
}

/** Returns the finished task with a full name, if the history has one of its attempts. */
export function findFinished({ history }: Pick<InspectParts, "history">, name: string): WholeFinishedTask | undefined {
  const newest = history.ofTask(name).at(-1);
  const finished = newest && history.tasks.get(newest.sequence);
  return finished && wholeFinishedTask(history, finished);
}

function liveDetail(parts: InspectParts, task: EngineTask, bodyBytes: number): TaskWithRequestJson {
  const { record } = task;
  const request = parts.engine.store.requestOf(record);
  return {
    ...taskFacts(parts, task, parts.clock.now()),
    ...definedFields({
      request: requestJson(parts, record, bodyBytes),
      authorization: request && authorizationJson(request),
      retry: record.retry && retryJson(record.retry),
    }),
    running: parts.driver.running().flatMap((attempt) => {
      if (attempt.task !== task) return [];
      const { dispatchedAt, deadlineAt, forced } = attempt;
      return [{ dispatchTime: rfc3339(dispatchedAt), deadline: rfc3339(deadlineAt), forced }];
    }),
  };
}

function finishedDetail({ history }: InspectParts, finished: WholeFinishedTask): TaskWithRequestJson {
  const { request, id } = finished.last;
  return {
    ...finishedTaskFacts(finished, history.ofTask(finished.last.task)),
    ...definedFields({ request: request && { kind: kindOf(finished.last), ...request } }),
    hasSecrets: history.sentRequest(id) !== undefined,
    running: [],
  };
}

function authorizationJson(request: TaskRequest): AuthorizationJson | undefined {
  const authorization = request.kind === "http" ? request.authorization : undefined;
  if (!authorization) return undefined;
  const { kind, serviceAccountEmail: serviceAccount } = authorization;
  if (authorization.kind === "oidc") return { kind, serviceAccount, audience: authorization.audience };
  return { kind, serviceAccount, scope: authorization.scope };
}

function retryJson({
  maxAttempts,
  maxRetryDurationMs,
  minBackoffMs,
  maxBackoffMs,
  maxDoublings,
}: RetrySettings): RetryJson {
  return { maxAttempts, maxRetryDurationMs, minBackoffMs, maxBackoffMs, maxDoublings };
}
