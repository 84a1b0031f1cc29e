import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type Fixture, invalid, LOCATION, QUEUE, runFixtures } from "./support/fixture.ts";
import { type Call, type Caller, callGrpc, callRest } from "./support/protocols.ts";

const task: Call = ["createTask", { parent: QUEUE, task: { httpRequest: { url: "http://127.0.0.1:9/" } } }];

const pages: readonly Fixture[] = [
  {
    when: "a negative size",
    call: ["listQueues", { parent: LOCATION, pageSize: -1 }],
    error: invalid("ListQueuesRequest.pageSize cannot be negative."),
  },
  {
    when: "a negative size of tasks",
    call: ["listTasks", { parent: QUEUE, pageSize: -1 }],
    error: invalid("ListTasksRequest.pageSize cannot be negative."),
  },
  {
    when: "a token that is none",
    call: ["listQueues", { parent: LOCATION, pageToken: "nonsense" }],
    error: invalid("Invalid page_token"),
  },
  {
    when: "a token of tasks that is none",
    call: ["listTasks", { parent: QUEUE, pageToken: "nonsense" }],
    error: invalid("Invalid page_token"),
  },
  { when: "an empty page has no token", call: ["listTasks", { parent: QUEUE }], exactly: {} },
  {
    when: "a page of one task has a token",
    given: [task],
    call: ["listTasks", { parent: QUEUE }],
    answer: { nextPageToken: expect.any(String) },
  },
  {
    when: "a page of one queue has a token",
    call: ["listQueues", { parent: LOCATION, filter: "state: PAUSED" }],
    answer: { nextPageToken: expect.any(String) },
  },
];

runFixtures(pages);

test.each([callGrpc, callRest])("three tasks are listed in pages of 2, 1 and 0", async (caller: Caller) => {
  await using emulator = await createEmulator({ queues: { q: { paused: true } } });
  for (const call of [task, task, task]) await caller(emulator, call);
  const sizes: number[] = [];
  let pageToken = "";
  do {
    const outcome = await caller(emulator, ["listTasks", { parent: QUEUE, pageSize: 2, pageToken }]);
    const { answer } = outcome as unknown as { answer: { tasks?: unknown[]; nextPageToken?: string } };
    sizes.push(answer.tasks?.length ?? 0);
    pageToken = answer.nextPageToken ?? "";
  } while (pageToken !== "");
  expect(sizes).toEqual([2, 1, 0]);
});

const queues: readonly Call[] = [
  [
    "updateQueue",
    {
      queue: {
        name: `${LOCATION}/queues/running`,
        rateLimits: { maxDispatchesPerSecond: 5 },
        retryConfig: { maxRetryDuration: "60s", maxBackoff: "3600s", minBackoff: "0.5s" },
      },
    },
  ],
  ["updateQueue", { queue: { name: `${LOCATION}/queues/was-purged`, httpTarget: { httpMethod: "PUT" } } }],
  ["purgeQueue", { name: `${LOCATION}/queues/was-purged` }],
];
const all = ["q", "running", "was-purged"];

const filters: readonly (readonly [filter: string, found: readonly string[]])[] = [
  ["state: PAUSED", ["q"]],
  ["state:paused", ["q"]],
  ['state = "Paused"', ["q"]],
  ["State: Paused", ["q"]],
  ["state > RUNNING", ["q"]],
  ["state != PAUSED", ["running", "was-purged"]],
  ["state: DISABLED", []],
  ["NOT state: PAUSED", ["running", "was-purged"]],
  ["-state: PAUSED", ["running", "was-purged"]],
  ["name: PURGED", ["was-purged"]],
  ["rate_limits.max_dispatches_per_second < 100", ["running"]],
  ["rateLimits.maxDispatchesPerSecond: 5", ["running"]],
  ["RATE_LIMITS.max_dispatches_per_second>=100", ["q", "was-purged"]],
  ["retry_config.min_backoff = 0.5s", ["running"]],
  ["retry_config.max_backoff: 3600s", all],
  ["retry_config.max_retry_duration < 1s", ["q", "was-purged"]],
  ['purge_time < "2020-01-01T00:00:00Z"', ["q", "running"]],
  ['purge_time > "2020-01-01T00:00:00Z"', ["was-purged"]],
  ["purge_time: *", ["was-purged"]],
  ["rate_limits: *", all],
  ["http_target: *", ["was-purged"]],
  ["name: *", all],
  ["state: RUNNING AND http_target: *", ["was-purged"]],
  ["state: RUNNING http_target: *", ["was-purged"]],
  ["state: PAUSED OR http_target: *", ["q", "was-purged"]],
  ["(state: PAUSED OR state: RUNNING) AND NOT name: running", ["q", "was-purged"]],
];

runFixtures(
  filters.map(
    ([filter, found]): Fixture => ({
      when: `the filter ${filter}`,
      given: queues,
      call: ["listQueues", { parent: LOCATION, filter }],
      ...(found.length === 0
        ? { exactly: {} }
        : { answer: { queues: found.map((id) => ({ name: `${LOCATION}/queues/${id}` })) } }),
    }),
  ),
);

const wrongFilters: readonly (readonly [filter: string, message: string])[] = [
  ["bogus_field: x", "Field not found: 'bogus_field'."],
  ["max_dispatches_per_second < 100", "Field not found: 'max_dispatches_per_second'."],
  ["state: BOGUS", "The value 'bogus' is of incorrect type."],
  ["state: 2", "The value '2' is of incorrect type."],
  ["retry_config.max_backoff = 3600", "The value '3600' is of incorrect type."],
  ["rate_limits.max_dispatches_per_second = fast", "The value 'fast' is of incorrect type."],
  [
    "rate_limits: 10",
    "Cannot match a nested type 'rate_limits'. A member field of scalar or enum type must be provided.",
  ],
];

runFixtures(
  wrongFilters.map(
    ([filter, message]): Fixture => ({
      when: `the wrong filter ${filter}`,
      call: ["listQueues", { parent: LOCATION, filter }],
      error: invalid(message),
    }),
  ),
);
