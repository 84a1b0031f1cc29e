import type { AttemptFinished } from "../../emulator-events.ts";
import { taskName } from "../../engine/engine-state.ts";
import type { InspectParts } from "../inspect-parts.ts";
import type { TaskItem } from "../tasks/task-item.ts";
import { answerOf, isFailure, resultText } from "./failure-answer.ts";

type Parts = Pick<InspectParts, "history" | "replaced">;

/** Checks whether the last attempt of a task failed with an answer of `GET /inspect/failures`, and it was not created again since. */
export function matchesAnswer(parts: Parts, answer: string, item: TaskItem): boolean {
  const last = lastAttempt(parts, answer, item);
  return last !== undefined && hasAnswer(last, answer);
}

/** Checks whether an attempt failed with an answer of `GET /inspect/failures`. */
export function hasAnswer(attempt: AttemptFinished, answer: string): boolean {
  return isFailure(attempt) && answer.startsWith(resultText(attempt)) && answerOf(attempt) === answer;
}

/** Reads only attempts that can have the answer. */
function lastAttempt(
  { history, replaced }: Parts,
  answer: string,
  { task, finished }: TaskItem,
): AttemptFinished | undefined {
  if (finished && replaced.has(finished.last.sequence)) return undefined;
  if (finished) return answer.startsWith(resultText(finished.last)) ? history.get(finished.last.id) : undefined;
  const { record, queue } = task;
  if (record.failureCount === 0) return undefined;
  const last = history.ofTask(taskName(queue.record.name, record.id)).at(-1);
  return last?.sequence === record.sequence ? last : undefined;
}
