import type { EngineTask } from "../../engine/engine-state.ts";
import type { TaskRequest } from "../../engine/records.ts";
import { deadLetterFacts } from "../dead-letters/dead-letter-facts.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { includesText } from "./includes-text.ts";
import { itemName, liveStateOf, type TaskItem } from "./task-item.ts";
import { requestJson } from "./task-json.ts";
import { matchesStatus, type TaskFilter } from "./task-query.ts";

type Parts = Pick<InspectParts, "engine" | "history" | "secretNames">;

/** Checks whether a task matches a filter, except `queue`, which the source of the tasks has checked. */
export function matchesFilter(parts: Parts, filter: TaskFilter, item: TaskItem, now: number): boolean {
  const { task, finished } = item;
  const definition = task ? task.record.definition : finished.last.definition;
  const last = task ? task.record.lastAttempt : finished.last;
  const hasAttempt = task ? task.record.lastAttempt?.finishedAt !== undefined : true;
  return (
    filter.states.has(task ? liveStateOf(task, now) : finished.state) &&
    matchesDefinition(filter, definition) &&
    (filter.status === undefined || (hasAttempt && matchesStatus(filter.status, last?.status))) &&
    matchesDeadLetters(parts, filter, task) &&
    (filter.text === undefined || matchesText(parts, filter.text, item, definition))
  );
}

function matchesDefinition({ definition: wanted }: TaskFilter, definition: string | undefined): boolean {
  return wanted === undefined || wanted === (definition ?? "-");
}

function matchesDeadLetters(parts: Parts, { deadLetters, reason }: TaskFilter, task: EngineTask | undefined): boolean {
  const isDeadLetter = task?.record.isDeadLetter ?? false;
  if (deadLetters !== undefined && deadLetters !== isDeadLetter) return false;
  if (reason === undefined) return true;
  return isDeadLetter && task !== undefined && deadLetterFacts(parts, task)?.reason === reason;
}

function matchesText(parts: Parts, text: string, item: TaskItem, definition: string | undefined): boolean {
  const { task, finished } = item;
  if (finished && !parts.history.mayContain(finished.last.id, text)) return false;
  const names = [itemName(parts.history, item), definition];
  if (names.some((name) => name?.toLowerCase().includes(text))) return true;
  if (finished) return includesText(parts.history.get(finished.last.id)?.request, text);
  const request = parts.engine.store.requestOf(task.record);
  if (!request || !mayContain(request, text)) return false;
  const { message, originalId } = deadLetterFacts(parts, task) ?? {};
  if ([message, originalId].some((value) => value?.toLowerCase().includes(text))) return true;
  // The unmasked request contains the text. It must not match if the text is a part of a secret.
  return includesText(requestJson(parts, task.record, request.body.length), text);
}

/** Checks the unmasked request, which is much faster than masking it first. */
function mayContain(request: TaskRequest, text: string): boolean {
  const { buffer, byteOffset, length } = request.body;
  return (
    (request.kind === "http" ? request.url : request.relativeUri).toLowerCase().includes(text) ||
    Buffer.from(buffer, byteOffset, length).toString().toLowerCase().includes(text) ||
    Object.values(request.headers).some((value) => value.toLowerCase().includes(text))
  );
}
