import type { V2Client } from "./node/bench.ts";

/** A call that the real service rejects, with its answer. */
export interface CapturedAnswer {
  readonly when: string;
  readonly call: (client: V2Client) => Promise<unknown>;
  readonly code: string;
  readonly message: string;
  /** The descriptions of the links in google.rpc.Help. */
  readonly help: readonly string[];
}

/** The time of the calls. */
export const NOW = "2030-01-01T00:00:00Z";

/** The location of the queues. */
export const LOCATION = "projects/p/locations/l";

/** The only existing queue. It has the task `taken`, and the task `deleted` that was deleted a moment ago. */
export const QUEUE: string = `${LOCATION}/queues/q`;

/** A queue that was deleted a moment ago. */
export const DELETED: string = `${LOCATION}/queues/deleted`;

const NONE = `${LOCATION}/queues/none`;

const url = "http://127.0.0.1:9/";

const seconds = Date.parse(NOW) / 1000;

const NO_QUEUE =
  "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.";
const NOT_FOUND = "Requested entity was not found.";
const GONE =
  "The task no longer exists, though a task with this name existed recently. The task either successfully completed or was deleted.";

type Call = CapturedAnswer["call"];
type CreateQueue = NonNullable<Parameters<V2Client["createQueue"]>[0]>;
type CreateTask = NonNullable<Parameters<V2Client["createTask"]>[0]>;
type Row = readonly [when: string, call: Call, code: string, message: string, help?: string];

function queue(queue: CreateQueue["queue"]): Call {
  return (client) => client.createQueue({ parent: LOCATION, queue: { name: NONE, ...queue } });
}

function task(task: CreateTask["task"], parent: string = QUEUE): Call {
  return (client) => client.createTask({ parent, task: { httpRequest: { url }, ...task } });
}

const queueRows: readonly Row[] = [
  ["CreateQueue, exists", queue({ name: QUEUE }), "ALREADY_EXISTS", "Queue already exists"],
  [
    "CreateQueue, bad name",
    queue({ name: `${LOCATION}/queues/under_score` }),
    "INVALID_ARGUMENT",
    'Queue ID "under_score" can contain only letters ([A-Za-z]), numbers ([0-9]), or hyphens (-). Queue ID must be between 1 and 100 characters.',
    "Definition of queue ID",
  ],
  [
    "CreateQueue, name not under parent",
    queue({ name: "projects/p/locations/m/queues/q" }),
    "INVALID_ARGUMENT",
    `projects/p/locations/m/queues/q must begin with ${LOCATION}.`,
  ],
  [
    "CreateQueue, deleted too recently",
    queue({ name: DELETED }),
    "FAILED_PRECONDITION",
    "The queue cannot be created because a queue with this name existed too recently.",
  ],
  ["GetQueue, missing", (client) => client.getQueue({ name: NONE }), "NOT_FOUND", NO_QUEUE],
  ["GetQueue, deleted", (client) => client.getQueue({ name: DELETED }), "NOT_FOUND", NO_QUEUE],
  ["CreateTask, queue missing", task({}, NONE), "NOT_FOUND", NO_QUEUE],
  ["CreateTask, queue deleted", task({}, DELETED), "NOT_FOUND", NO_QUEUE],
  ["PauseQueue, missing", (client) => client.pauseQueue({ name: NONE }), "NOT_FOUND", NO_QUEUE],
  ["ResumeQueue, missing", (client) => client.resumeQueue({ name: NONE }), "NOT_FOUND", NO_QUEUE],
  ["PurgeQueue, missing", (client) => client.purgeQueue({ name: NONE }), "NOT_FOUND", NO_QUEUE],
  ["DeleteQueue, missing", (client) => client.deleteQueue({ name: NONE }), "NOT_FOUND", NOT_FOUND],
  ["DeleteQueue, deleted", (client) => client.deleteQueue({ name: DELETED }), "NOT_FOUND", NOT_FOUND],
];

const limits: readonly [config: NonNullable<CreateQueue["queue"]>, message: string][] = [
  [{ rateLimits: { maxDispatchesPerSecond: -1 } }, "RateLimits.maxDispatchesPerSecond cannot be negative."],
  [
    { rateLimits: { maxDispatchesPerSecond: 501 } },
    "RateLimits.maxDispatchesPerSecond must be less than or equal to 500.",
  ],
  [{ rateLimits: { maxConcurrentDispatches: -1 } }, "RateLimits.maxConcurrentDispatches cannot be negative."],
  [
    { rateLimits: { maxConcurrentDispatches: 5001 } },
    "RateLimits.maxConcurrentDispatches must be less than or equal to 5000.",
  ],
  [{ retryConfig: { maxAttempts: -2 } }, "RetryConfig.maxAttempts must be greater or equal to -1."],
  [{ retryConfig: { maxDoublings: -1 } }, "RetryConfig.maxDoublings cannot be negative."],
  [{ retryConfig: { minBackoff: { seconds: -1 } } }, "RetryConfig.minBackoff cannot be negative."],
  [
    { retryConfig: { minBackoff: { seconds: 7200 } } },
    "RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.",
  ],
];

const limitRows = limits.map(
  ([config, message]): Row => [`CreateQueue, ${JSON.stringify(config)}`, queue(config), "INVALID_ARGUMENT", message],
);

const taskRows: readonly Row[] = [
  [
    "CreateTask, name taken now",
    task({ name: `${QUEUE}/tasks/taken` }),
    "ALREADY_EXISTS",
    "Requested entity already exists",
  ],
  [
    "CreateTask, name taken recently",
    task({ name: `${QUEUE}/tasks/deleted` }),
    "ALREADY_EXISTS",
    "The task cannot be created because a task with this name existed too recently. For more information about task de-duplication see https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create#body.request_body.FIELDS.task.",
  ],
  [
    "CreateTask, bad id",
    task({ name: `${QUEUE}/tasks/a.b` }),
    "INVALID_ARGUMENT",
    'Task ID "a.b" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or underscores (_). Task ID must between 1 and 500 characters.',
    "Definition of task ID",
  ],
  [
    "CreateTask, unstructured name",
    task({ name: "t" }),
    "INVALID_ARGUMENT",
    'Task name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>".',
    "Definition of task name",
  ],
  [
    "CreateTask, name of another queue",
    task({ name: `${QUEUE}-2/tasks/t` }),
    "INVALID_ARGUMENT",
    `The queue name from request ('${QUEUE}') must be the same as the queue name in the named task ('${QUEUE}-2').`,
  ],
  ["CreateTask, url empty", task({ httpRequest: { url: "" } }), "INVALID_ARGUMENT", "HttpRequest.url is required."],
  [
    "CreateTask, url of another scheme",
    task({ httpRequest: { url: "ftp://127.0.0.1/" } }),
    "INVALID_ARGUMENT",
    "HttpTarget.url must start with 'http://' or 'https://'.",
  ],
  [
    "CreateTask, deadline too short",
    task({ dispatchDeadline: { seconds: 14, nanos: 999_000_000 } }),
    "INVALID_ARGUMENT",
    "Task.dispatchDeadline must be between [15s, 30m].",
  ],
  [
    "CreateTask, deadline too long",
    task({ dispatchDeadline: { seconds: 1801 } }),
    "INVALID_ARGUMENT",
    "Task.dispatchDeadline must be between [15s, 30m].",
  ],
  [
    "CreateTask, deadline too long for App Engine",
    (client) => {
      const dispatchDeadline = { seconds: 86_416 };
      return client.createTask({ parent: QUEUE, task: { appEngineHttpRequest: {}, dispatchDeadline } });
    },
    "INVALID_ARGUMENT",
    "Task.dispatchDeadline must be between [15s, 24h15s].",
  ],
  [
    "CreateTask, schedule time too far ahead",
    task({ scheduleTime: { seconds: seconds + 720 * 3600 + 1 } }),
    "INVALID_ARGUMENT",
    "The Task.scheduleTime, 2030-01-30T16:00:01-08:00, is too far in the future. Schedule time must be no more than 720h in the future.",
  ],
  [
    "CreateTask, too large",
    task({ httpRequest: { url, body: Buffer.alloc(1_048_569) } }),
    "INVALID_ARGUMENT",
    "Task size too large",
  ],
  ["GetTask, never existed", (client) => client.getTask({ name: `${QUEUE}/tasks/none` }), "NOT_FOUND", NOT_FOUND],
  ["DeleteTask, never existed", (client) => client.deleteTask({ name: `${QUEUE}/tasks/none` }), "NOT_FOUND", NOT_FOUND],
  ["RunTask, never existed", (client) => client.runTask({ name: `${QUEUE}/tasks/none` }), "NOT_FOUND", NOT_FOUND],
  ["GetTask, deleted recently", (client) => client.getTask({ name: `${QUEUE}/tasks/deleted` }), "NOT_FOUND", GONE],
];

/** The answers of the real service. */
export const capturedAnswers: readonly CapturedAnswer[] = [...queueRows, ...limitRows, ...taskRows].map(
  ([when, call, code, message, help]) => ({ when, call, code, message, help: help === undefined ? [] : [help] }),
);
