/** What must hold for any client of v2: the name of a case, and what it shows. */
const v2 = {
  "create-queue": "a queue is created with the limits that were asked for, and read back",
  "get-queue-defaults": "a queue that was asked for by its name alone has Cloud Tasks' defaults",
  "list-queues": "queues are listed by name, page by page, and by a filter",
  "update-queue": "an update mask that names a sub-field changes that field alone",
  "pause-resume": "a paused queue holds its tasks back, and delivers them once it is resumed",
  "purge-queue": "a purge takes the tasks that were there, sets the purge time, and leaves what comes later",
  "delete-queue": "a deleted queue is not found, in the words of the real service",
  "create-task": "a task is delivered on time with its body, its headers and those that Cloud Tasks adds",
  "name-taken": "a name that is taken is refused with ALREADY_EXISTS",
  "get-task-views": "the body is in the FULL view and not in the BASIC one",
  "list-tasks": "tasks are listed page by page, each once",
  "run-task": "a scheduled task that is run is delivered once, at once",
  "delete-task": "a scheduled task that is deleted is never delivered, and is said to have existed",
  "bad-queue-name": "a malformed queue name is refused, with a link to the definition",
  "bad-task-id": "a malformed task id is refused, with a link to the definition",
  "missing-queue": "a task for a queue that does not exist is refused",
  "schedule-too-far": "a schedule time more than 30 days ahead is refused, and named in US Pacific time",
  "oidc-token": "the token of a dispatch is verified by what this language verifies Google's tokens with",
  "app-engine-task": "an App Engine task is stored with its routing and the headers that Cloud Tasks adds",
  "iam-policy": "a policy is set, read back and tested",
  locations: "locations are listed and read",
  "retry-counts": "a task that fails is tried again, and the counts tell of it",
} as const;

/** What came with v2beta3, and is in the newer clients of v2 too. */
const batch = {
  "batch-create": "a batch of tasks is created as a long-running operation",
  "batch-delete": "a batch of tasks is deleted as a long-running operation",
  "task-retry": "the retry configuration of a task beats its queue's",
  "http-target": "the HTTP target of a queue overrides host, path, method and headers of its tasks",
} as const;

/** What only v2beta3 has. */
const beta = {
  "task-ttl": "a task that has outlived the queue's task_ttl is gone",
  "tombstone-ttl": "a name stays taken for the queue's tombstone_ttl",
  "queue-stats": "the statistics of a queue come for the mask that asks for them, and only then",
} as const;

/** What firebase-admin does with its task queues. */
const firebase = {
  enqueue: "a task goes to the default URI of its registered queue, with its data, and a token",
  "enqueue-options": "id, schedule, deadline, headers and URI are those that were given",
  "duplicate-id": "an id that is taken is refused as task-already-exists",
  "missing-function": "a queue that does not exist is refused as not-found",
  "delete-by-id": "a task that is deleted is never delivered, and deleting none is no error",
} as const;

/** What py-cloud-task does, with its worker in FastAPI. */
const pyCloudTask = {
  push: "a pushed function runs in the worker, with its arguments, its secret and its dependency",
  "push-later": "a push for a certain time runs then",
  "push-named": "a push under a name that is taken is refused",
  "push-retry": "a function that raises is tried again until it returns",
} as const;

const groups = { v2, batch, beta, firebase, pyCloudTask };

/** Cases that belong together: a client is held to some of these. */
export type Group = keyof typeof groups;

/** The names of the cases of a group. */
export type CaseOf<G extends Group> = G extends Group ? keyof (typeof groups)[G] & string : never;

/** Something that an unmodified client must be able to do. */
export interface ClientCase<Name extends string = string> {
  readonly name: Name;
  /** What must hold, as a sentence. */
  readonly holds: string;
}

/** A client that somebody else wrote, taken as it is published. */
export interface Client {
  readonly name: string;
  /** What runs its cases. */
  readonly toolchain: "node" | "python" | "go";
  readonly groups: readonly Group[];
}

/** Every client, in the order of the table. */
export const clients: readonly Client[] = [
  { name: "node-grpc", toolchain: "node", groups: ["v2"] },
  { name: "node-rest", toolchain: "node", groups: ["v2"] },
  { name: "node-beta-grpc", toolchain: "node", groups: ["batch", "beta"] },
  { name: "node-beta-rest", toolchain: "node", groups: ["batch", "beta"] },
  { name: "firebase-admin", toolchain: "node", groups: ["firebase"] },
  { name: "python-grpc", toolchain: "python", groups: ["v2", "batch"] },
  { name: "python-rest", toolchain: "python", groups: ["v2", "batch"] },
  { name: "py-cloud-task", toolchain: "python", groups: ["pyCloudTask"] },
  { name: "go-grpc", toolchain: "go", groups: ["v2", "batch"] },
  { name: "go-rest", toolchain: "go", groups: ["v2", "batch"] },
];

/** The cases of some groups, in the order of the list. */
export function casesOf<G extends Group>(...wanted: readonly G[]): readonly ClientCase<CaseOf<G>>[] {
  const names = wanted.flatMap((group) => Object.entries(groups[group]) as [CaseOf<G>, string][]);
  return names.map(([name, holds]) => ({ name, holds }));
}
