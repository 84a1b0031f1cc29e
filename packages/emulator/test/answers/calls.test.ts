/** Answers of calls that change a queue or a task, and combinations of rules. */
import { expect } from "vitest";
import { type Fixture, invalid, LOCATION, NONE, QUEUE, runFixtures } from "./support/fixture.ts";
import { badQueueId, badTarget, lacks, TASK_TAKEN_RECENTLY } from "./support/messages.ts";
import type { Call } from "./support/protocols.ts";

const queue = {
  name: QUEUE,
  rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
  retryConfig: { maxAttempts: 100, minBackoff: "0.100s", maxBackoff: "3600s", maxDoublings: 16 },
};
const task = `${QUEUE}/tasks/t`;
const httpRequest = { url: "http://127.0.0.1:9/" };
const create: Call = ["createTask", { parent: QUEUE, task: { name: task, httpRequest } }];
const purge: Call = ["purgeQueue", { name: QUEUE }];

const states: readonly Fixture[] = [
  ["pauseQueue", "PAUSED"],
  ["resumeQueue", "RUNNING"],
].flatMap(([rpc = "", state]): Fixture[] => [
  { when: `${rpc} answers the queue`, call: [rpc, { name: QUEUE }], exactly: { ...queue, state } },
  {
    when: `${rpc} can be repeated`,
    given: [[rpc, { name: QUEUE }]],
    call: [rpc, { name: QUEUE }],
    exactly: { ...queue, state },
  },
]);

const changes: readonly Fixture[] = [
  ...states,
  {
    when: "PurgeQueue answers the queue with its state and the time of the purge",
    call: purge,
    exactly: { ...queue, state: "PAUSED", purgeTime: expect.stringMatching(/^20\d\d-.*Z$/) },
  },
  { when: "a second purge", given: [purge], call: purge, answer: { state: "PAUSED" } },
  {
    when: "the name of a purged task was used recently",
    given: [create, purge],
    call: create,
    error: TASK_TAKEN_RECENTLY,
  },
  { when: "DeleteTask answers nothing", given: [create], call: ["deleteTask", { name: task }], exactly: {} },
  { when: "DeleteQueue answers nothing", call: ["deleteQueue", { name: QUEUE }], exactly: {} },
  {
    when: "a queue id of 100 characters",
    call: ["createQueue", { parent: LOCATION, queue: { name: `${LOCATION}/queues/${"a".repeat(100)}` } }],
    answer: { state: "RUNNING" },
  },
  {
    when: "a task id of 500 characters",
    call: ["createTask", { parent: QUEUE, task: { name: `${QUEUE}/tasks/${"_".repeat(500)}`, httpRequest } }],
    answer: { name: `${QUEUE}/tasks/${"_".repeat(500)}` },
  },
  {
    when: "a task without a name gets an id of digits",
    call: ["createTask", { parent: QUEUE, task: { httpRequest } }],
    answer: { name: expect.stringMatching(/\/tasks\/\d+$/) },
  },
  ...["15s", "1800s"].map(
    (dispatchDeadline): Fixture => ({
      when: `a deadline of ${dispatchDeadline}`,
      call: ["createTask", { parent: QUEUE, task: { httpRequest, dispatchDeadline } }],
      answer: { dispatchDeadline },
    }),
  ),
];

const orders: readonly Fixture[] = [
  {
    when: "the parent is checked before the name of the queue",
    call: ["createQueue", { parent: "projects/P", queue: { name: "bad" } }],
    error: lacks("cloudtasks.queues.create", "projects/P"),
    only: "gRPC",
  },
  {
    when: "the name of a queue is checked before its settings",
    call: [
      "createQueue",
      { parent: LOCATION, queue: { name: `${LOCATION}/queues/a_b`, retryConfig: { maxAttempts: -2 } } },
    ],
    error: badQueueId("a_b"),
  },
  {
    when: "the rate is checked before the attempts",
    call: [
      "createQueue",
      {
        parent: LOCATION,
        queue: { name: NONE, rateLimits: { maxDispatchesPerSecond: -1 }, retryConfig: { maxAttempts: -2 } },
      },
    ],
    error: invalid("RateLimits.maxDispatchesPerSecond cannot be negative."),
  },
  {
    when: "the fraction of a duration is checked before the backoffs are compared",
    call: [
      "createTask",
      {
        parent: QUEUE,
        task: { httpRequest, retryConfig: { maxRetryDuration: "30.500s", minBackoff: "20s", maxBackoff: "10s" } },
      },
    ],
    error: invalid("RetryConfig.max_retry_duration.nanos cannot be set."),
  },
  ...["createQueue", "updateQueue"].map(
    (rpc): Fixture => ({
      when: `the same in ${rpc}`,
      call: [
        rpc,
        {
          ...(rpc === "createQueue" && { parent: LOCATION }),
          queue: {
            name: NONE,
            retryConfig: { maxRetryDuration: "-0.500s", minBackoff: "20s", maxBackoff: "10s" },
            stackdriverLoggingConfig: { samplingRatio: 2 },
          },
        },
      ],
      error: invalid("RetryConfig.max_retry_duration.nanos cannot be set."),
    }),
  ),
  {
    when: "the request of a new task in a missing queue is checked first",
    call: ["createTask", { parent: NONE, task: { httpRequest: { url: "" } } }],
    error: invalid("HttpRequest.url is required."),
  },
];

const target = { uriOverride: { host: "a.example.com", port: "8080" }, httpMethod: "PUT" };

const combinations: readonly Fixture[] = [
  {
    when: "a rejected update changes nothing",
    given: [["updateQueue", { queue: { name: QUEUE, httpTarget: target } }]],
    call: [
      "updateQueue",
      {
        queue: { name: QUEUE, retryConfig: { maxAttempts: 3 }, httpTarget: { uriOverride: { host: "" } } },
        updateMask: { paths: ["retry_config.max_attempts"] },
      },
    ],
    error: badTarget("Invalid Host."),
  },
  {
    when: "a field and its message in one mask",
    given: [["updateQueue", { queue: { name: QUEUE, rateLimits: { maxConcurrentDispatches: 7 } } }]],
    call: [
      "updateQueue",
      {
        queue: { name: QUEUE, rateLimits: { maxDispatchesPerSecond: 77 } },
        updateMask: { paths: ["rate_limits.max_dispatches_per_second", "rate_limits"] },
      },
    ],
    answer: { rateLimits: { maxDispatchesPerSecond: 77, maxBurstSize: 15, maxConcurrentDispatches: 1000 } },
  },
  {
    when: "a path into the target keeps its other parts",
    given: [["updateQueue", { queue: { name: QUEUE, httpTarget: target } }]],
    call: [
      "updateQueue",
      {
        queue: { name: QUEUE, httpTarget: { uriOverride: { host: "b.example.com" } } },
        updateMask: { paths: ["http_target.uri_override.host"] },
      },
    ],
    answer: { httpTarget: { uriOverride: { host: "b.example.com", port: "8080" }, httpMethod: "PUT" } },
  },
  {
    when: "an invalid path after a valid one rejects the update",
    call: ["updateQueue", { queue: { name: QUEUE }, updateMask: { paths: ["retry_config", "bogus"] } }],
    error: invalid("Invalid mask: bogus"),
  },
  {
    when: "a batch with a name that was used recently, one that is taken, and a bad request",
    given: [
      create,
      ["deleteTask", { name: task }],
      ["createTask", { parent: QUEUE, task: { name: `${task}2`, httpRequest } }],
    ],
    call: [
      "batchCreateTasks",
      {
        parent: QUEUE,
        requests: [
          { parent: QUEUE, task: { name: task, httpRequest } },
          { parent: QUEUE, task: { name: `${task}2`, httpRequest } },
          { parent: QUEUE, task: { httpRequest: { ...httpRequest, oidcToken: {} } } },
          { parent: QUEUE },
          {
            parent: QUEUE,
            task: { name: `${task}3`, httpRequest: { ...httpRequest, body: "aGk=" } },
            responseView: "FULL",
          },
        ],
      },
    ],
    answer: {
      metadata: {
        state: "PARTIALLY_SUCCEEDED",
        failedRequests: {
          0: { code: 6, message: TASK_TAKEN_RECENTLY.message },
          1: { code: 6, message: "Requested entity already exists" },
          2: { code: 3, message: "service_account_email must be set." },
          3: { code: 3, message: "Payload type must be set." },
        },
      },
      response: { tasks: [{ name: `${task}3`, view: "FULL", httpRequest: { body: "aGk=" } }] },
    },
  },
  {
    when: "the faults of a whole batch create nothing",
    call: [
      "batchCreateTasks",
      {
        parent: QUEUE,
        requests: [
          { parent: QUEUE, task: { name: task, httpRequest: { url: "" } } },
          { parent: "", task: { name: "no name" } },
        ],
      },
    ],
    error: invalid(
      `All tasks in a batch request must target the same queue. Found task for queue  in batch request for queue ${QUEUE}.`,
    ),
  },
  {
    when: "a deletion with names that exist and one that does not",
    given: [create],
    call: ["batchDeleteTasks", { parent: QUEUE, names: [`${QUEUE}/tasks/none`, task] }],
    answer: {
      done: true,
      metadata: { failedRequests: { 0: { code: 5, message: "Requested entity was not found." } } },
    },
    absent: ["error"],
  },
];

runFixtures([...changes, ...orders, ...combinations]);
