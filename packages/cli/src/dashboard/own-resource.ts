import { invalidArgument } from "@cloudtask/emulator/internal";
import { type CloudApi, locationName } from "./cloud-parts.ts";

const ID = /^[A-Za-z0-9_-]{1,500}$/;

/**
 * Checks that a resource is in the place of the dashboard.
 *
 * @param kind - the collection of the resource: `queues`, or `tasks` of a queue
 * @throws RpcError INVALID_ARGUMENT for a resource elsewhere, or an invalid name
 */
export function ownResource(api: Pick<CloudApi, "project" | "location">, name: string, kind: "queues" | "tasks"): void {
  const parent = locationName(api);
  const isInside = name.startsWith(`${parent}/queues/`);
  const [queue = "", tasks, task = ""] = isInside ? name.slice(`${parent}/queues/`.length).split("/") : [];
  const isQueue = ID.test(queue) && kind === "queues" && tasks === undefined;
  const isTask = ID.test(queue) && kind === "tasks" && tasks === "tasks" && ID.test(task);
  if ((isQueue || isTask) && name.split("/").length === (kind === "queues" ? 6 : 8)) return;
  const expected = kind === "queues" ? `${parent}/queues/QUEUE` : `${parent}/queues/QUEUE/tasks/TASK`;
  throw invalidArgument(`The name must be ${expected}; received ${JSON.stringify(name)}`);
}

/** Returns the full name of a queue that is given by its id or full name. @throws RpcError for a queue elsewhere */
export function ownQueue(api: Pick<CloudApi, "project" | "location">, queue: string): string {
  const name = queue.includes("/") ? queue : `${locationName(api)}/queues/${queue}`;
  ownResource(api, name, "queues");
  return name;
}
