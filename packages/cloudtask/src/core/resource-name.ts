/** Where a queue lives. */
export interface QueueAddress {
  readonly project: string;
  readonly location: string;
  readonly queue: string;
}

/** Source: `Queue.name` in google/cloud/tasks/v2/queue.proto. */
const QUEUE_ID = /^[A-Za-z0-9-]{1,100}$/;

/**
 * @param address - project, location and queue id
 * @returns the resource name `projects/…/locations/…/queues/…`
 */
export function queueName({ project, location, queue }: QueueAddress): string {
  return `projects/${project}/locations/${location}/queues/${queue}`;
}

/**
 * @param queue - what was given as a queue
 * @param what - whose it is, for the message
 * @returns the same, known to be a queue id
 * @throws TypeError where Cloud Tasks would refuse it
 */
export function checkQueueId(queue: unknown, what: string): string {
  if (typeof queue === "string" && QUEUE_ID.test(queue)) return queue;
  const hint =
    typeof queue === "string" && queue.includes("/")
      ? "give the id alone; project and location are options of the client"
      : "1 to 100 letters, digits and hyphens";
  throw new TypeError(`${what}: ${JSON.stringify(queue)} is not a queue id: ${hint}`);
}

/**
 * @param name - `projects/…/locations/…/queues/…/tasks/ID`
 * @returns the last part
 */
export function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
