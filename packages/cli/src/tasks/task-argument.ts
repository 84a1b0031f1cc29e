import type { TaskRef } from "cloudtask/admin";
import type { Place } from "../place/open-place.ts";
import { UsageError } from "../usage-error.ts";

/** Reads the argument that names a task: `QUEUE/ID`, or the full name. */
export function taskRef(text: string, argument = "TASK"): TaskRef {
  if (text.startsWith("projects/")) return text;
  const [, queue, id] = /^([A-Za-z0-9-]+)\/(?:tasks\/)?([\w-]+)$/.exec(text) ?? [];
  if (queue !== undefined && id !== undefined) return { queue, id };
  throw new UsageError(
    `${argument}: expected QUEUE/ID, as in mail/1234567890, or the full name; received ${JSON.stringify(text)}`,
  );
}

/** Returns the full name of a task that an argument names. @throws UsageError for another text */
export function taskNameOf(text: string, { project, location }: Pick<Place, "project" | "location">): string {
  const ref = taskRef(text);
  if (typeof ref === "string") return ref;
  const { queue, id } = ref as { readonly queue: string; readonly id: string };
  return `projects/${project}/locations/${location}/queues/${queue}/tasks/${id}`;
}

/** Returns `QUEUE/ID` of a full name. */
export function shortTaskName(name: string): string {
  return name.replace(/^.*\/queues\/([^/]+)\/tasks\//, "$1/");
}
