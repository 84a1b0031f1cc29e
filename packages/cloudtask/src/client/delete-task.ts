import { rejectUnknownOptions } from "../core/check-options.ts";
import { deleteResource } from "../transport/delete-resource.ts";
import type { Connection } from "./connection.ts";
import type { PushDeferrer } from "./defer/push-deferrer.ts";
import type { PushResult } from "./push/push-options.ts";

/** The parts of a client that hold its tasks. */
interface TaskHolders {
  readonly deferrer: PushDeferrer;
  readonly connection: Connection;
}

/** `client.deleteTask()`. */
export async function deleteTask(
  task: string | Pick<PushResult, "name">,
  options: { readonly signal?: AbortSignal | undefined },
  { deferrer, connection }: TaskHolders,
): Promise<boolean> {
  rejectUnknownOptions(options, ["signal"], "client.deleteTask()");
  const name = nameOf(task);
  if (await deferrer.remove(name)) return true;
  return deleteResource(connection.transport, name, options);
}

function nameOf(task: string | Pick<PushResult, "name">): string {
  const name = typeof task === "string" ? task : String(Object(task).name);
  if (/^projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+\/tasks\/[^/]+$/.test(name)) return name;
  throw new TypeError(`client.deleteTask(): expected projects/…/locations/…/queues/…/tasks/…, received "${name}"`);
}
