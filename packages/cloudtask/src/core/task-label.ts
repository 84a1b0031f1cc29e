/** The definition, the task and the attempt, at the beginning of the messages of a worker. */
const LABEL = /^"(?:[^"\\]|\\.)*" \((?:task \S+, )?attempt \d+\) (?:failed: |was (?=discarded))?/;

/** Removes the name of the task from the beginning of a message of a worker. */
export function withoutTaskLabel(message: string): string {
  return message.replace(LABEL, "");
}
