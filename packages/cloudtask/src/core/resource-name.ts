/** Project, location and id of a queue. */
export interface QueueAddress {
  readonly project: string;
  readonly location: string;
  readonly queue: string;
}

/** Source: `Queue.name` in google/cloud/tasks/v2/queue.proto. */
const QUEUE_ID = /^[A-Za-z0-9-]{1,100}$/;

/** Returns the resource name `projects/…/locations/…/queues/…`. */
export function queueName({ project, location, queue }: QueueAddress): string {
  return `projects/${project}/locations/${location}/queues/${queue}`;
}

/** Checks whether Cloud Tasks accepts a queue id. */
export function isQueueId(text: string): boolean {
  return QUEUE_ID.test(text);
}

/**
 * Checks a queue id, and returns it.
 *
 * @param option - the name of the option, for the message
 * @throws TypeError if Cloud Tasks would reject it
 */
export function checkQueueId(queue: unknown, option: string): string {
  if (typeof queue === "string" && isQueueId(queue)) return queue;
  const hint =
    typeof queue === "string" && queue.includes("/")
      ? "pass only the id, and set `project` and `location` on the client"
      : "expected 1 to 100 letters, digits and hyphens";
  throw new TypeError(`${option}: ${JSON.stringify(queue)} is not a queue id: ${hint}`);
}

/** Returns the last part of a resource name: the id. */
export function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
