import type { AttemptFinished, AttemptStarted } from "../emulator-events.ts";
import type { AttemptOutcome } from "../engine/finish-attempt.ts";
import type { AttemptFilter } from "../history/history.ts";
import type { Query } from "../http/query.ts";
import { invalidArgument, RpcError } from "../service/rpc-error.ts";
import { definedFields } from "./defined-fields.ts";
import type { InspectParts } from "./inspect-parts.ts";
import type { AttemptJson, AttemptsJson, FinishedJson, StartedJson } from "./inspect-types.ts";
import { cursorOf, limitOf, readCursor } from "./paging.ts";
import { rfc3339, timeOrNone } from "./rfc3339.ts";

const outcomes: readonly AttemptOutcome[] = ["succeeded", "retrying", "exhausted", "ignored"];

/** Answers GET /inspect/attempts. */
export function attemptsJson(parts: InspectParts, query: Query): AttemptsJson {
  const [before] = readCursor(query);
  if (before !== undefined && typeof before !== "number")
    throw invalidArgument("cursor: expected a cursor of this list; received one of another list");
  const filter = definedFields({
    task: parameter(query, "task"),
    queue: parameter(query, "queue"),
    outcome: outcomeOf(query),
  });
  return attemptsPage(parts, { ...filter, limit: limitOf(query) }, before);
}

/** Returns a page of attempts, the newest first. */
export function attemptsPage(
  { history }: InspectParts,
  { limit, ...filter }: AttemptFilter & { readonly limit: number },
  before?: number,
): AttemptsJson {
  const found = history.list({ ...filter, limit: limit + 1 }, before);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
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
  const { definition, discarded, status, error, retryAt } = attempt;
  return {
    phase: "finished",
    id: String(attempt.id),
    task: attempt.task,
    queue: attempt.queue,
    attempt: attempt.attempt,
    forced: attempt.forced,
    createTime: rfc3339(attempt.createdAt),
    scheduleTime: rfc3339(attempt.scheduledAt),
    dispatchTime: rfc3339(attempt.dispatchedAt),
    finishTime: rfc3339(attempt.at),
    durationMs: attempt.durationMs,
    outcome: attempt.outcome,
    ...definedFields({ definition, discarded, status, error, retryTime: timeOrNone(retryAt) }),
  };
}

function attemptJson(attempt: AttemptFinished): AttemptJson {
  return { ...finishedJson(attempt), ...definedFields({ request: attempt.request, response: attempt.response }) };
}

function parameter(query: Query, name: string): string | undefined {
  return query.text(name) || undefined;
}

function outcomeOf(query: Query): AttemptOutcome | undefined {
  const text = query.text("outcome");
  const outcome = outcomes.find((name) => name === text);
  if (text === "" || outcome) return outcome;
  throw invalidArgument(`outcome: expected one of ${outcomes.join(", ")}; received ${JSON.stringify(text)}`);
}
