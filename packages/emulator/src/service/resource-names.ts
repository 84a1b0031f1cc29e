import { help } from "./error-details.ts";
import { invalidArgument, type RpcError } from "./rpc-error.ts";

const DOCS = "https://cloud.google.com/tasks/docs/reference/rest/v2";

const queueName = /^projects\/[A-Za-z0-9:.-]+\/locations\/[A-Za-z0-9-]+\/queues\/([^/]*)$/;
const taskName = /^(projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+)\/tasks\/([^/]*)$/;
const queueId = /^[A-Za-z0-9-]{1,100}$/;
const taskId = /^[A-Za-z0-9_-]{1,500}$/;

/** The parts of a task name. */
export interface TaskPath {
  readonly queue: string;
  readonly id: string;
}

/**
 * Checks the name of a queue to create.
 *
 * @throws RpcError if `name` is not the name of a queue
 */
export function checkQueueName(name: string): void {
  const [, id] = queueName.exec(name) ?? [];
  if (id === undefined) throw badQueueName();
  checkQueueId(id);
}

function badQueueName(): RpcError {
  return invalidArgument(
    'Queue name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>".',
    [help("Definition of queue name", `${DOCS}/projects.locations.queues#Queue.FIELDS.name`)],
  );
}

/** @throws RpcError if Cloud Tasks does not accept the id */
export function checkQueueId(id: string): void {
  if (queueId.test(id)) return;
  throw invalidArgument(
    `Queue ID "${id}" can contain only letters ([A-Za-z]), numbers ([0-9]), or hyphens (-). Queue ID must be between 1 and 100 characters.`,
    [help("Definition of queue ID", `${DOCS}/projects.locations.queues#Queue.FIELDS.name`)],
  );
}

/** @throws RpcError if Cloud Tasks does not accept the id */
export function checkTaskId(id: string): void {
  if (taskId.test(id)) return;
  throw invalidArgument(
    `Task ID "${id}" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or underscores (_). Task ID must between 1 and 500 characters.`,
    taskHelp("Definition of task ID"),
  );
}

/**
 * Splits the name of a task.
 *
 * @throws RpcError if `name` does not have the shape of a task name
 */
export function parseTaskName(name: string): TaskPath {
  const [, queue, id] = taskName.exec(name) ?? [];
  if (queue !== undefined && id !== undefined) return { queue, id };
  throw invalidArgument(
    'Task name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>".',
    taskHelp("Definition of task name"),
  );
}

/**
 * Parses the name of a task to create in `parent`.
 *
 * @returns the id of the task
 * @throws RpcError if `name` is not the name of a task or belongs to another queue
 */
export function parseNewTaskName(name: string, parent: string): string {
  const { queue, id } = parseTaskName(name);
  if (queue !== parent) {
    throw invalidArgument(
      `The queue name from request ('${parent}') must be the same as the queue name in the named task ('${queue}').`,
    );
  }
  checkTaskId(id);
  return id;
}

function taskHelp(description: string): RpcError["details"] {
  return [help(description, `${DOCS}/projects.locations.queues.tasks#Task.FIELDS.name`)];
}
