import type { ExpectedError } from "./fixture.ts";

const DOCS = "https://cloud.google.com/tasks/docs/reference/rest/v2";

function helpError(message: string, description: string, path: string): ExpectedError {
  const details = [
    { "@type": "type.googleapis.com/google.rpc.Help", links: [{ description, url: `${DOCS}/${path}` }] },
  ];
  return { code: "INVALID_ARGUMENT", message, details };
}

const QUEUE_FIELD = "projects.locations.queues#Queue.FIELDS.name";
const TASK_FIELD = "projects.locations.queues.tasks#Task.FIELDS.name";

export const QUEUE_NAME: ExpectedError = helpError(
  'Queue name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>".',
  "Definition of queue name",
  QUEUE_FIELD,
);

export const TASK_NAME: ExpectedError = helpError(
  'Task name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>".',
  "Definition of task name",
  TASK_FIELD,
);

export function badQueueId(id: string): ExpectedError {
  return helpError(
    `Queue ID "${id}" can contain only letters ([A-Za-z]), numbers ([0-9]), or hyphens (-). Queue ID must be between 1 and 100 characters.`,
    "Definition of queue ID",
    QUEUE_FIELD,
  );
}

export function badTaskId(id: string): ExpectedError {
  return helpError(
    `Task ID "${id}" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or underscores (_). Task ID must between 1 and 500 characters.`,
    "Definition of task ID",
    TASK_FIELD,
  );
}

/** The error of a request without a project. */
export function noProject(rpc: string): ExpectedError {
  return {
    code: "INVALID_ARGUMENT",
    message: "Invalid resource field value in the request.",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "RESOURCE_PROJECT_INVALID",
        domain: "googleapis.com",
        metadata: { service: "cloudtasks.googleapis.com", method: `google.cloud.tasks.v2.CloudTasks.${rpc}` },
      },
    ],
  };
}

/** The error of a name that is in no project. */
export function foreign(project: string): ExpectedError {
  const message = `Permission denied on resource project ${project}.`;
  return {
    code: "PERMISSION_DENIED",
    message,
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "CONSUMER_INVALID",
        domain: "googleapis.com",
        metadata: { consumer: `projects/${project}`, containerInfo: project, service: "cloudtasks.googleapis.com" },
      },
      { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", locale: "en-US", message },
      {
        "@type": "type.googleapis.com/google.rpc.Help",
        links: [{ description: "Google developers console", url: "https://console.developers.google.com" }],
      },
    ],
  };
}

/** The error of a name whose shape the call does not accept. */
export function lacks(permission: string, name: string): ExpectedError {
  return {
    code: "PERMISSION_DENIED",
    message: `The principal (user or service account) lacks IAM permission "${permission}" for the resource "${name}" (or the resource may not exist).`,
  };
}

export function badTarget(text: string): ExpectedError {
  return {
    code: "INVALID_ARGUMENT",
    message: `Error in parsing HttpTarget. ${text}`,
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "INVALID_INPUT_ON_HTTP_TARGET_OVERRIDE",
        domain: "cloudtasks.googleapis.com",
        metadata: { invalid_field: text },
      },
    ],
  };
}

export const NO_QUEUE: ExpectedError = {
  code: "NOT_FOUND",
  message: "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.",
};

export const NO_ENTITY: ExpectedError = { code: "NOT_FOUND", message: "Requested entity was not found." };

export const TASK_GONE: ExpectedError = {
  code: "NOT_FOUND",
  message:
    "The task no longer exists, though a task with this name existed recently. The task either successfully completed or was deleted.",
};

export const TASK_TAKEN: ExpectedError = { code: "ALREADY_EXISTS", message: "Requested entity already exists" };

export const TASK_TAKEN_RECENTLY: ExpectedError = {
  code: "ALREADY_EXISTS",
  message:
    "The task cannot be created because a task with this name existed too recently. For more information about task de-duplication see https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create#body.request_body.FIELDS.task.",
};

export const QUEUE_TAKEN: ExpectedError = { code: "ALREADY_EXISTS", message: "Queue already exists" };

export const QUEUE_TAKEN_RECENTLY: ExpectedError = {
  code: "FAILED_PRECONDITION",
  message: "The queue cannot be created because a queue with this name existed too recently.",
};

export const BAD_ARGUMENT: ExpectedError = {
  code: "INVALID_ARGUMENT",
  message: "Request contains an invalid argument.",
};
