import type { PushResult } from "./push/push-options.ts";

/** Returns the resource name of a task from the argument of `client.deleteTask()`. */
export function nameOfTask(task: string | Pick<PushResult, "name">): string {
  const name = typeof task === "string" ? task : String(Object(task).name);
  if (/^projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+\/tasks\/[^/]+$/.test(name)) return name;
  throw new TypeError(`client.deleteTask(): expected projects/…/locations/…/queues/…/tasks/…, received "${name}"`);
}
