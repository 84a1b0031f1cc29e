import { help, invalidArgument } from "./rpc-error.ts";

const DOCS = "https://cloud.google.com/tasks/docs/reference/rest/v2";

const PROJECT = "projects/[A-Za-z0-9:.-]+";
const LOCATION = `${PROJECT}/locations/[A-Za-z0-9-]+`;
const QUEUE = `${LOCATION}/queues/[A-Za-z0-9-]{1,100}`;

const projectName = new RegExp(`^${PROJECT}$`);
const locationName = new RegExp(`^${LOCATION}$`);
const queueName = new RegExp(`^${QUEUE}$`);
const taskId = /^[A-Za-z0-9_-]{1,500}$/;
const structuredTaskName = /^(projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+)\/tasks\/([^/]*)$/;

/** The parts of a task name. */
export interface TaskPath {
  readonly queue: string;
  readonly id: string;
}

/** @throws RpcError if `name` is not the name of a project */
export function checkProjectName(name: string): void {
  if (!projectName.test(name)) throw invalidResource();
}

/** @throws RpcError if `name` is not the name of a location */
export function checkLocationName(name: string): void {
  if (!locationName.test(name)) throw invalidResource();
}

/**
 * Checks the name of a queue that a request refers to.
 *
 * @throws RpcError if `name` is not the name of a queue
 */
export function checkQueueReference(name: string): void {
  if (!queueName.test(name)) throw invalidResource();
}

/**
 * Checks the name of a queue to create. The real service answers it with another message than a reference.
 *
 * @throws RpcError if `name` is not the name of a queue
 */
export function checkQueueName(name: string): void {
  if (queueName.test(name)) return;
  throw invalidArgument(
    'Queue name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>".',
    help("Definition of queue name", `${DOCS}/projects.locations.queues#Queue.FIELDS.name`),
  );
}

/**
 * Parses the name of a task that a request refers to.
 *
 * @throws RpcError if `name` is not the name of a task
 */
export function parseTaskReference(name: string): TaskPath {
  const path = parse(name);
  if (!path || !queueName.test(path.queue) || !taskId.test(path.id)) throw invalidResource();
  return path;
}

/**
 * Parses the name of a task to create in `parent`.
 *
 * @returns the id of the task
 * @throws RpcError if `name` is not the name of a task or belongs to another queue
 */
export function parseNewTaskName(name: string, parent: string): string {
  const path = parse(name);
  if (!path) {
    throw invalidArgument(
      'Task name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>"',
    );
  }
  if (path.queue !== parent) {
    throw invalidArgument(
      `The queue name from request ('${parent}') must be the same as the queue name in the named task ('${path.queue}').`,
    );
  }
  if (!taskId.test(path.id)) {
    throw invalidArgument(
      `Task ID "${path.id}" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or underscores (_). Task ID must between 1 and 500 characters.`,
      help("Definition of task ID", `${DOCS}/projects.locations.queues.tasks#Task.FIELDS.name`),
    );
  }
  return path.id;
}

function parse(name: string): TaskPath | undefined {
  const [, queue, id] = structuredTaskName.exec(name) ?? [];
  return queue === undefined || id === undefined ? undefined : { queue, id };
}

function invalidResource(): Error {
  return invalidArgument("Invalid resource field value in the request.");
}
