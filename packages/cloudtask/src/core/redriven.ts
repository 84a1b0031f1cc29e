import { withoutDeadLetterHeaders } from "./dead-letter-headers.ts";
import { RETRY_HEADER } from "./headers.ts";
import { lastSegment } from "./resource-name.ts";
import { derivedTaskId } from "./task-id.ts";
import { parseRetryHeader, retryHeader } from "./task-retry.ts";

/**
 * Returns the id of the task that a redrive creates from a dead letter. It is the same for each redrive of the letter, so two
 * redrives create one task.
 *
 * @param letter - the full resource name of the dead letter
 */
export function redrivenTaskId(letter: string): Promise<string> {
  const id = lastSegment(letter);
  const queue = lastSegment(letter.slice(0, letter.lastIndexOf("/tasks/")));
  return derivedTaskId("redrive", [queue, id], id.replace(/^[0-9a-f]{32}-dead-/, ""));
}

/**
 * Returns the headers of that task: those of the letter, without the reason of the discard.
 *
 * @param nowMs - the time at which the task is due; the worker counts the time of retries from it
 */
export function redrivenHeaders(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): Readonly<Record<string, string>> {
  const entries = Object.entries(withoutDeadLetterHeaders(headers)).map(([name, value]) => {
    const isRetry = name.toLowerCase() === RETRY_HEADER.toLowerCase();
    const retry = isRetry ? parseRetryHeader(value) : undefined;
    return [name, retry === undefined ? value : retryHeader({ ...retry, dueMs: nowMs })] as const;
  });
  return Object.fromEntries(entries);
}
