import type { AttemptFinished } from "../../emulator-events.ts";
import type { History } from "../../history/history.ts";
import { matchesName } from "../../history/matches-name.ts";
import type { Query } from "../../http/query.ts";
import { invalidArgument } from "../../service/rpc-error.ts";
import { hasAnswer } from "../failures/matches-answer.ts";
import { includesText } from "../tasks/includes-text.ts";
import { matchesStatus, statusOf, type TaskFilter, timeOf } from "../tasks/task-query.ts";

/** An outcome, or `discarded` for an attempt whose worker discarded the task. */
export type Result = AttemptFinished["outcome"] | "discarded";

const results: readonly Result[] = ["succeeded", "retrying", "exhausted", "ignored", "discarded"];
const FAILED: readonly Result[] = ["retrying", "exhausted"];

/** The filters of a list of attempts. An undefined filter matches every attempt. */
export interface AttemptQuery extends Pick<TaskFilter, "queue" | "definition" | "status" | "text"> {
  /** A full name or an id. */
  readonly task: string | undefined;
  readonly results: readonly Result[] | undefined;
  /** How the attempt failed, as in `GET /inspect/failures`. */
  readonly answer: string | undefined;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** @throws RpcError for an invalid value */
export function attemptQueryOf(query: Query): AttemptQuery {
  return {
    task: query.text("task") || undefined,
    queue: query.text("queue") || undefined,
    definition: query.text("definition") || undefined,
    status: statusOf(query.text("status")),
    text: query.text("text").toLowerCase() || undefined,
    results: resultsOf(query.text("outcome")),
    answer: query.text("answer") || undefined,
    from: timeOf("from", query, Number.NEGATIVE_INFINITY),
    to: timeOf("to", query, Number.POSITIVE_INFINITY),
  };
}

/** Checks whether an attempt of a history matches all filters. */
export function matchesAttempt(
  history: Pick<History, "mayContain">,
  query: AttemptQuery,
  attempt: AttemptFinished,
): boolean {
  const { task, queue, definition, status } = query;
  return (
    (task === undefined || matchesName(task, attempt.task)) &&
    (queue === undefined || matchesName(queue, attempt.queue)) &&
    (definition === undefined || definition === (attempt.definition ?? "-")) &&
    matchesStatus(status, attempt.status) &&
    matchesResult(query.results, attempt) &&
    attempt.at >= query.from &&
    attempt.at < query.to &&
    (query.answer === undefined || hasAnswer(attempt, query.answer)) &&
    (query.text === undefined || (history.mayContain(attempt.id, query.text) && matchesText(attempt, query.text)))
  );
}

/**
 * Checks the outcome of an attempt. One that has not finished has none.
 *
 * @param wanted - `undefined` for all attempts
 */
export function matchesResult(
  wanted: readonly Result[] | undefined,
  { outcome, discarded }: Partial<Pick<AttemptFinished, "outcome" | "discarded">>,
): boolean {
  if (!wanted || (outcome !== undefined && wanted.includes(outcome))) return true;
  return discarded === true && wanted.includes("discarded");
}

function matchesText({ task, definition, error, request, response }: AttemptFinished, text: string): boolean {
  const facts = [task, definition, error];
  if (facts.some((fact) => fact?.toLowerCase().includes(text))) return true;
  return includesText(request, text) || includesText(response, text);
}

/** @throws RpcError for an unknown outcome */
export function resultsOf(text: string): readonly Result[] | undefined {
  if (text === "") return undefined;
  return text.split(",").flatMap((name) => {
    if (name === "failed") return FAILED;
    const found = results.filter((result) => result === name);
    if (found.length > 0) return found;
    throw invalidArgument(
      `outcome: expected one of ${[...results, "failed"].join(", ")}; received ${JSON.stringify(name)}`,
    );
  });
}
