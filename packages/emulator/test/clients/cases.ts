/** The cases of every v2 client: name and expected behaviour. */
const v2 = {
  "create-queue": "a queue is created with the requested limits and read back",
  "get-queue-defaults": "a queue that is created with only a name has the defaults of Cloud Tasks",
  "list-queues": "queues are listed by name, in pages, with a filter",
  "update-queue": "an update mask with a sub-field changes only that field",
  "pause-resume": "a paused queue delivers its tasks after it is resumed",
  "purge-queue": "a purge deletes the existing tasks, sets the purge time, and keeps later tasks",
  "delete-queue": "a deleted queue is answered with the NOT_FOUND message of the real service",
  "create-task": "a task is delivered on time with its body, its headers and those of Cloud Tasks",
  "name-taken": "a reserved name is rejected with ALREADY_EXISTS",
  "get-task-views": "the FULL view contains the body, the BASIC view does not",
  "list-tasks": "tasks are listed in pages, each once",
  "run-task": "RunTask delivers a scheduled task at once, and only once",
  "delete-task": "a deleted task is never delivered, and the error states that it existed",
  "bad-queue-name": "a malformed queue name is rejected with a link to the definition",
  "bad-task-id": "a malformed task id is rejected with a link to the definition",
  "missing-queue": "a task for a missing queue is rejected",
  "schedule-too-far":
    "a schedule time more than 30 days ahead is rejected, and the message states it in US Pacific time",
  "oidc-token": "the language's library for Google's tokens verifies the token of a dispatch",
  "app-engine-task": "an App Engine task is stored with its routing and the headers of Cloud Tasks",
  "iam-policy": "a policy is set, read back and tested",
  locations: "locations are listed and read",
  "retry-counts": "a failed task is retried, and its counts increase",
} as const;

/** Features that first appeared in v2beta3 and that newer v2 clients have too. */
const batch = {
  "batch-create": "a batch of tasks is created as a long-running operation",
  "batch-delete": "a batch of tasks is deleted as a long-running operation",
  "task-retry": "the retry configuration of a task overrides its queue's",
  "http-target": "the HTTP target of a queue overrides host, path, method and headers of its tasks",
} as const;

/** Features that only v2beta3 has. */
const beta = {
  "task-ttl": "a task is deleted after the queue's task_ttl",
  "tombstone-ttl": "a name stays reserved for the queue's tombstone_ttl",
  "queue-stats": "the statistics of a queue are returned only if the read mask contains them",
} as const;

/** The requests of Google's client for Java that is generated from the discovery document of the REST API. */
const discovery = {
  "compressed-body": "a body that is compressed with gzip is decoded",
  "method-override": "a PATCH that is sent as POST with X-HTTP-Method-Override changes only the masked field",
  "long-url": "a GET that is sent as POST with a form, because its URL is long, is answered",
} as const;

/** The requests of Google's command line. */
const gcloud = {
  "gcloud-queues": "queues are created, listed, paused, resumed, deleted and shown",
  "gcloud-update": "an update changes only the fields of its options, and clearing an unset field changes nothing",
  "gcloud-tasks": "a task is created, shown, listed and deleted",
  "gcloud-buffer": "a buffered task without an id gets one",
} as const;

/** The task queues of firebase-admin. */
const firebase = {
  enqueue: "a task is sent to the default URI of its registered queue with its data and a token",
  "enqueue-options": "a task has the given id, schedule, deadline, headers and URI",
  "duplicate-id": "a reserved id is rejected with task-already-exists",
  "missing-function": "a missing queue is rejected with not-found",
  "delete-by-id": "a deleted task is never delivered, and deleting a missing task is not an error",
} as const;

/** py-cloud-task with its worker in FastAPI. */
const pyCloudTask = {
  push: "a pushed function runs in the worker, with its arguments, its secret and its dependency",
  "push-later": "a push with a schedule time runs at that time",
  "push-named": "a push with a reserved name is rejected",
  "push-retry": "a function that raises is retried until it returns",
} as const;

/** Web servers as the targets of tasks. */
const keepAlive = {
  "idle-connections":
    "tasks that are sent while the server closes an idle connection are delivered at their first attempt",
} as const;

/** A framework that checks the host of a request. */
const allowedHosts = {
  "rewrite-host": "a task whose host is rewritten reaches the server under the host of its URL",
} as const;

const groups = { v2, batch, beta, discovery, gcloud, firebase, pyCloudTask, keepAlive, allowedHosts };

/** A group of cases. Each client runs some of the groups. */
export type Group = keyof typeof groups;

/** The names of the cases of a group. */
export type CaseOf<G extends Group> = G extends Group ? keyof (typeof groups)[G] & string : never;

/** A case that an unmodified client must pass. */
export interface ClientCase<Name extends string = string> {
  readonly name: Name;
  /** The expected behaviour, as a sentence. */
  readonly behaviour: string;
}

/** An unmodified third-party client. */
export interface Client {
  readonly name: string;
  /** The language of its cases. */
  readonly toolchain: "node" | "python" | "go" | "java" | "gcloud";
  readonly groups: readonly Group[];
}

/** All clients, in the order of the table. */
export const clients: readonly Client[] = [
  { name: "node-grpc", toolchain: "node", groups: ["v2"] },
  { name: "node-rest", toolchain: "node", groups: ["v2"] },
  { name: "node-beta-grpc", toolchain: "node", groups: ["batch", "beta"] },
  { name: "node-beta-rest", toolchain: "node", groups: ["batch", "beta"] },
  { name: "firebase-admin", toolchain: "node", groups: ["firebase"] },
  { name: "python-grpc", toolchain: "python", groups: ["v2", "batch"] },
  { name: "python-rest", toolchain: "python", groups: ["v2", "batch"] },
  { name: "py-cloud-task", toolchain: "python", groups: ["pyCloudTask"] },
  { name: "gunicorn", toolchain: "python", groups: ["keepAlive"] },
  { name: "uvicorn", toolchain: "python", groups: ["keepAlive"] },
  { name: "django", toolchain: "python", groups: ["allowedHosts"] },
  { name: "go-grpc", toolchain: "go", groups: ["v2", "batch"] },
  { name: "go-rest", toolchain: "go", groups: ["v2", "batch"] },
  { name: "java-grpc", toolchain: "java", groups: ["v2"] },
  { name: "java-rest", toolchain: "java", groups: ["v2"] },
  { name: "java-discovery", toolchain: "java", groups: ["discovery"] },
  { name: "gcloud", toolchain: "gcloud", groups: ["gcloud"] },
];

/** The cases of the groups, in order. */
export function casesOf<G extends Group>(...selected: readonly G[]): readonly ClientCase<CaseOf<G>>[] {
  const names = selected.flatMap((group) => Object.entries(groups[group]) as [CaseOf<G>, string][]);
  return names.map(([name, behaviour]) => ({ name, behaviour }));
}
