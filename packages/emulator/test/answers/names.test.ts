import { type Fixture, LOCATION, NONE, QUEUE, runFixtures } from "./support/fixture.ts";
import {
  badQueueId,
  badTaskId,
  foreign,
  lacks,
  NO_ENTITY,
  NO_QUEUE,
  noProject,
  QUEUE_TAKEN_RECENTLY,
  TASK_GONE,
  TASK_TAKEN,
  TASK_TAKEN_RECENTLY,
} from "./support/messages.ts";

/** The calls, the field that names their resource, and their permission. */
const queueCalls: readonly (readonly [rpc: string, field: string, permission: string])[] = [
  ["getQueue", "name", "queues.get"],
  ["deleteQueue", "name", "queues.delete"],
  ["purgeQueue", "name", "queues.purge"],
  ["pauseQueue", "name", "queues.pause"],
  ["resumeQueue", "name", "queues.resume"],
  ["getIamPolicy", "resource", "queues.getIamPolicy"],
  ["setIamPolicy", "resource", "queues.setIamPolicy"],
  ["listTasks", "parent", "tasks.list"],
  ["createTask", "parent", "tasks.create"],
  ["batchCreateTasks", "parent", "tasks.create"],
  ["batchDeleteTasks", "parent", "tasks.delete"],
];
const locationCalls = [
  ["listQueues", "parent", "queues.list"],
  ["createQueue", "parent", "queues.create"],
] as const;
const taskCalls = [
  ["getTask", "name", "tasks.get"],
  ["deleteTask", "name", "tasks.delete"],
  ["runTask", "name", "tasks.run"],
] as const;

const anyCall = [...queueCalls, ...locationCalls, ...taskCalls];

function rpcName(rpc: string): string {
  return rpc.replace(/^./, (letter) => letter.toUpperCase());
}

function misshapen(calls: readonly (readonly [string, string, string])[], names: readonly string[]): Fixture[] {
  return calls.flatMap(([rpc, field, permission]) =>
    names.map(
      (name): Fixture => ({
        when: `${rpc} of ${name}`,
        call: [rpc, { [field]: name }],
        error: lacks(`cloudtasks.${permission}`, name),
        only: "gRPC",
      }),
    ),
  );
}

const shapes: readonly Fixture[] = [
  ...anyCall.flatMap(([rpc, field]): Fixture[] => [
    { when: `${rpc} without a name`, call: [rpc, { [field]: "" }], error: noProject(rpcName(rpc)), only: "gRPC" },
    {
      when: `${rpc} in no project`,
      call: [rpc, { [field]: "not-a-valid-name" }],
      error: foreign("not-a-valid-name"),
      only: "gRPC",
    },
  ]),
  { when: "UpdateQueue without a queue", call: ["updateQueue", {}], error: noProject("UpdateQueue"), only: "gRPC" },
  {
    when: "UpdateQueue of a location",
    call: ["updateQueue", { queue: { name: LOCATION } }],
    error: lacks("cloudtasks.queues.update", LOCATION),
    only: "gRPC",
  },
  ...misshapen(locationCalls, ["projects/P", `${LOCATION}/extra`, "projects/P/locations/L/queues/q"]),
  ...misshapen(queueCalls, [`${LOCATION}/queues`, LOCATION, `${QUEUE}/extra`]),
  ...misshapen(taskCalls, [`${QUEUE}/tasks`, `${QUEUE}/tasks/t/extra`, QUEUE]),
];

const long = "a".repeat(101);

const ids: readonly Fixture[] = [
  ...queueCalls.flatMap(([rpc, field]): Fixture[] =>
    ["under_score", long].map((id) => ({
      when: `${rpc} of the queue id ${id}`,
      call: [rpc, { [field]: `${LOCATION}/queues/${id}` }],
      error: badQueueId(id),
    })),
  ),
  ...taskCalls.flatMap(([rpc, field]): Fixture[] => [
    {
      when: `${rpc} of a bad queue id`,
      call: [rpc, { [field]: `${LOCATION}/queues/under_score/tasks/a b` }],
      error: badQueueId("under_score"),
    },
    { when: `${rpc} of a bad task id`, call: [rpc, { [field]: `${QUEUE}/tasks/a b` }], error: badTaskId("a b") },
    {
      when: `${rpc} of a task id of 501 characters`,
      call: [rpc, { [field]: `${QUEUE}/tasks/${"t".repeat(501)}` }],
      error: badTaskId("t".repeat(501)),
    },
  ]),
];

const task = `${QUEUE}/tasks/t`;
const httpRequest = { url: "http://127.0.0.1:9/" };
const created = ["createTask", { parent: QUEUE, task: { name: task, httpRequest } }] as const;
const deleted = [created, ["deleteTask", { name: task }]] as const;
const missingQueue = ["getQueue", "pauseQueue", "resumeQueue", "purgeQueue"];

const missing: readonly Fixture[] = [
  ...missingQueue.map((rpc): Fixture => ({ when: `${rpc}, missing`, call: [rpc, { name: NONE }], error: NO_QUEUE })),
  { when: "ListTasks, no such queue", call: ["listTasks", { parent: NONE }], error: NO_QUEUE },
  { when: "CreateTask, no such queue", call: ["createTask", { parent: NONE, task: { httpRequest } }], error: NO_QUEUE },
  { when: "GetIamPolicy, no such queue", call: ["getIamPolicy", { resource: NONE }], error: NO_QUEUE },
  { when: "DeleteQueue, missing", call: ["deleteQueue", { name: NONE }], error: NO_ENTITY },
  { when: "UpdateQueue creates a queue", call: ["updateQueue", { queue: { name: NONE } }], answer: { name: NONE } },
  ...taskCalls.flatMap(([rpc]): Fixture[] => [
    { when: `${rpc}, never existed`, call: [rpc, { name: task }], error: NO_ENTITY },
    { when: `${rpc}, no such queue`, call: [rpc, { name: `${NONE}/tasks/t` }], error: NO_ENTITY },
  ]),
  { when: "GetTask, deleted recently", given: deleted, call: ["getTask", { name: task }], error: TASK_GONE },
  {
    when: "GetTask, purged recently",
    given: [created, ["purgeQueue", { name: QUEUE }]],
    call: ["getTask", { name: task }],
    error: TASK_GONE,
  },
  { when: "DeleteTask, deleted recently", given: deleted, call: ["deleteTask", { name: task }], error: NO_ENTITY },
  { when: "RunTask, deleted recently", given: deleted, call: ["runTask", { name: task }], error: NO_ENTITY },
  { when: "CreateTask, name taken", given: [created], call: created, error: TASK_TAKEN },
  { when: "CreateTask, name taken recently", given: deleted, call: created, error: TASK_TAKEN_RECENTLY },
];

const options = { queueCooldown: "7d" } as const;
const gone = [["deleteQueue", { name: QUEUE }]] as const;
const queue = { name: QUEUE };

const cooldownCalls: readonly Fixture[] = [
  { when: "CreateQueue", call: ["createQueue", { parent: LOCATION, queue }], error: QUEUE_TAKEN_RECENTLY },
  { when: "UpdateQueue", call: ["updateQueue", { queue }], error: QUEUE_TAKEN_RECENTLY },
  { when: "GetQueue", call: ["getQueue", queue], error: NO_QUEUE },
  { when: "PauseQueue", call: ["pauseQueue", queue], error: NO_QUEUE },
  { when: "CreateTask", call: ["createTask", { parent: QUEUE, task: { httpRequest } }], error: NO_QUEUE },
  { when: "DeleteQueue", call: ["deleteQueue", queue], error: NO_ENTITY },
  { when: "ListQueues", call: ["listQueues", { parent: LOCATION }], exactly: {} },
];
const cooldown = cooldownCalls.map(
  (each): Fixture => ({ ...each, when: `${each.when}, deleted`, given: gone, options }),
);

runFixtures([...shapes, ...ids, ...missing, ...cooldown]);
