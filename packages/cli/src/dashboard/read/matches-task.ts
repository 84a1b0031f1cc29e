import { includesText, matchesStatus, type TaskFilter } from "@cloudtask/emulator/internal";
import { isDeadLetterHeader } from "cloudtask/internal";
import { type ApiTask, httpStatusIn, isInFlight, requestOf, stateOf, urlOf } from "./api-task.ts";
import { bodyOf, deadLetterOf, definitionOf, maskedRequest } from "./task-json.ts";

/** Checks whether a task matches a filter, except `queue`. */
export function matchesTask(task: ApiTask, filter: TaskFilter, nowMs: number): boolean {
  const { states, definition, status, text } = filter;
  return (
    states.has(stateOf(task, nowMs)) &&
    (definition === undefined || definition === (definitionOf(task) ?? "-")) &&
    (status === undefined || (hasAnswer(task) && matchesStatus(status, httpStatusIn(task.lastAttempt)))) &&
    matchesDeadLetters(task, filter) &&
    (text === undefined || matchesText(task, text))
  );
}

function hasAnswer({ lastAttempt }: ApiTask): boolean {
  return lastAttempt !== undefined && !isInFlight(lastAttempt);
}

function matchesDeadLetters(task: ApiTask, { deadLetters, reason }: TaskFilter): boolean {
  const isDeadLetter = Object.keys(requestOf(task).headers ?? {}).some(isDeadLetterHeader);
  if (deadLetters !== undefined && deadLetters !== isDeadLetter) return false;
  return reason === undefined || (isDeadLetter && deadLetterOf(task, maskedRequest(task, 0))?.reason === reason);
}

/** @param text - in lower case */
function matchesText(task: ApiTask, text: string): boolean {
  if (task.name.toLowerCase().includes(text) || definitionOf(task)?.toLowerCase().includes(text)) return true;
  if (!mayContain(task, text)) return false;
  // The unmasked request contains the text. It must not match if the text is a part of a secret.
  const masked = maskedRequest(task, Number.POSITIVE_INFINITY);
  const { message, originalId } = deadLetterOf(task, masked) ?? {};
  return includesText(masked, text) || [message, originalId].some((value) => value?.toLowerCase().includes(text));
}

/** Checks the unmasked request, which is much faster than masking it first. */
function mayContain(task: ApiTask, text: string): boolean {
  const { headers = {} } = requestOf(task);
  return (
    urlOf(task).toLowerCase().includes(text) ||
    bodyOf(task).toString().toLowerCase().includes(text) ||
    Object.values(headers).some((value) => decoded(value).toLowerCase().includes(text))
  );
}

/** The message of a dead letter is percent-encoded. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
