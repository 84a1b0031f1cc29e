import type { TaskRecord, TaskRequest } from "./records.ts";

/** The name of the task definition, which the `cloudtask` library sends. */
const DEFINITION = "cloudtask-name";

/** Present in every dead letter. */
const DEAD_LETTER = "cloudtask-dead-reason";

/** Reads the facts about a new task that its headers contain. They are kept beside the task, because its request is in the store. */
export function taskMarks({ headers }: TaskRequest): Pick<TaskRecord, "definition" | "isDeadLetter"> {
  let definition: string | undefined;
  let isDeadLetter = false;
  for (const name of Object.keys(headers)) {
    // The length is checked first: most headers are others, and a lower-case copy of each name would be expensive.
    if (name.length === DEFINITION.length && name.toLowerCase() === DEFINITION) definition = headers[name];
    else if (name.length === DEAD_LETTER.length && name.toLowerCase() === DEAD_LETTER) isDeadLetter = true;
  }
  return { definition, isDeadLetter };
}
