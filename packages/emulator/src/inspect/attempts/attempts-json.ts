import type { AttemptFinished, AttemptStarted } from "../../emulator-events.ts";
import type { Query } from "../../http/query.ts";
import { invalidArgument, RpcError } from "../../service/rpc-error.ts";
import { definedFields } from "../defined-fields.ts";
import { findInSlices } from "../find-in-slices.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { cursorOf, limitOf, readCursor } from "../paging.ts";
import { rfc3339, timeOrNone } from "../rfc3339.ts";
import { Slices } from "../slices.ts";
import type { AttemptJson, AttemptsJson, FinishedJson, StartedJson } from "../types/attempt-types.ts";
import { type AttemptQuery, attemptQueryOf, matchesAttempt, matchesResult } from "./attempt-query.ts";

const ATTEMPTS_OF_TASK = 100;

/** Answers GET /inspect/attempts. */
export async function attemptsJson(parts: InspectParts, query: Query): Promise<AttemptsJson> {
  const [before] = readCursor(query);
  if (before !== undefined && typeof before !== "number")
    throw invalidArgument("cursor: expected a cursor of this list; received one of another list");
  return attemptsPage(parts, attemptQueryOf(query), limitOf(query), before);
}

/** Returns the newest attempts of a task, given by full name. */
export function attemptsOfTask({ history }: InspectParts, task: string): AttemptsJson {
  const attempts = history.ofTask(task);
  const page = attempts.slice(-ATTEMPTS_OF_TASK).reverse();
  const last = attempts.length > ATTEMPTS_OF_TASK ? page.at(-1) : undefined;
  return { attempts: page.map(attemptJson), ...definedFields({ nextCursor: last && cursorOf([last.id]) }) };
}

/** Answers GET /inspect/attempts/{id}. */
export function oneAttemptJson({ history }: InspectParts, id: string): AttemptJson {
  const attempt = history.get(Number(id));
  if (attempt) return attemptJson(attempt);
  throw new RpcError(
    "NOT_FOUND",
    `No attempt ${JSON.stringify(id)} in the history. It may have been removed to make room for newer attempts.`,
  );
}

/** Returns the JSON of a started attempt. */
export function startedJson({ task, queue, attempt, forced, at }: AttemptStarted): StartedJson {
  return { phase: "started", task, queue, attempt, forced, dispatchTime: rfc3339(at) };
}

/** Returns the JSON of a finished attempt, without its request and response. */
export function finishedJson(attempt: AttemptFinished): FinishedJson {
  const { definition, discarded, status, error, retryAt, hasRetryAfter } = attempt;
  return {
    phase: "finished",
    id: String(attempt.id),
    task: attempt.task,
    queue: attempt.queue,
    attempt: attempt.attempt,
    forced: attempt.forced,
    sequence: attempt.sequence,
    createTime: rfc3339(attempt.createdAt),
    scheduleTime: rfc3339(attempt.scheduledAt),
    dispatchTime: rfc3339(attempt.dispatchedAt),
    finishTime: rfc3339(attempt.at),
    durationMs: attempt.durationMs,
    latenessMs: attempt.forced ? 0 : Math.max(0, attempt.dispatchedAt - attempt.scheduledAt),
    outcome: attempt.outcome,
    ...definedFields({ definition, discarded, status, error, retryTime: timeOrNone(retryAt) }),
    ...(hasRetryAfter ? { retryAfter: true } : {}),
  };
}

async function attemptsPage(
  { history }: InspectParts,
  query: AttemptQuery,
  limit: number,
  before?: number,
): Promise<AttemptsJson> {
  const { items, end, isPartial } = await findInSlices<AttemptFinished>({
    after: (last) =>
      history.newestFirst(query.task, last?.id ?? before, (result) => matchesResult(query.results, result)),
    matches: (attempt) => matchesAttempt(history, query, attempt),
    limit,
    slices: new Slices(),
  });
  const next = { nextCursor: end && cursorOf([end.id]), isPartial: isPartial || undefined };
  return { attempts: items.map(attemptJson), ...definedFields(next) };
}

function attemptJson(attempt: AttemptFinished): AttemptJson {
  return { ...finishedJson(attempt), ...definedFields({ request: attempt.request, response: attempt.response }) };
}
