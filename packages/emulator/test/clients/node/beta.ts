import { protos } from "@google-cloud/tasks";
import { expect } from "vitest";
import { startTarget } from "../../support/target.ts";
import type { CaseOf } from "../cases.ts";
import type { Bench, BetaClient } from "./bench.ts";
import { failureOf } from "./failure.ts";
import { inSeconds } from "./times.ts";

/** A case of v2beta3 for Google's client for Node. */
export type BetaCase = (bench: Bench<BetaClient>) => Promise<void>;

const url = "http://127.0.0.1:9/";

const DAY = 86_400;

// The client decodes the metadata of an operation separately, with enums as numbers.
const { BatchCreateTasksMetadata, BatchDeleteTasksMetadata } = protos.google.cloud.tasks.v2beta3;

const batchCreate: BetaCase = async ({ client, queue: parent }) => {
  const taskOf = (id: string) => ({
    name: `${parent}/tasks/${id}`,
    scheduleTime: inSeconds(3600),
    httpRequest: { url },
  });
  const requestsFor = (...ids: string[]) => ids.map((id) => ({ parent, task: taskOf(id) }));
  const [whole] = await client.batchCreateTasks({ parent, requests: requestsFor("a", "b") });
  const [created, metadata] = await whole.promise();
  expect(created.tasks?.map(({ name }) => name)).toEqual([`${parent}/tasks/a`, `${parent}/tasks/b`]);
  expect(metadata.state).toBe(BatchCreateTasksMetadata.State.SUCCEEDED);

  const [partial] = await client.batchCreateTasks({ parent, requests: requestsFor("c", "a") });
  const [rest] = await partial.promise();
  expect(rest.tasks?.map(({ name }) => name)).toEqual([`${parent}/tasks/c`]);
  const progress = await client.checkBatchCreateTasksProgress(partial.name ?? "");
  expect(progress).toMatchObject({
    done: true,
    metadata: {
      state: BatchCreateTasksMetadata.State.PARTIALLY_SUCCEEDED,
      failedRequests: { 1: { code: 6, message: "Requested entity already exists" } },
    },
  });
  const [tasks] = await client.listTasks({ parent });
  expect(tasks).toHaveLength(3);
};

const batchDelete: BetaCase = async ({ client, queue: parent }) => {
  const names = ["a", "b"].map((id) => `${parent}/tasks/${id}`);
  for (const name of names) {
    await client.createTask({ parent, task: { name, scheduleTime: inSeconds(3600), httpRequest: { url } } });
  }
  const [operation] = await client.batchDeleteTasks({ parent, names: [...names, `${parent}/tasks/none`] });
  const [, metadata] = await operation.promise();
  expect(metadata).toMatchObject({
    state: BatchDeleteTasksMetadata.State.PARTIALLY_SUCCEEDED,
    failedRequests: { 2: { code: 5, message: "Requested entity was not found." } },
  });
  const [tasks] = await client.listTasks({ parent });
  expect(tasks).toEqual([]);

  const [again] = await client.batchDeleteTasks({ parent, names });
  expect(await failureOf(again.promise())).toMatchObject({
    code: 10,
    message:
      "None of the requests succeeded, refer to BatchDeleteTasksMetadata.failed_requests for individual error details",
  });
};

const taskRetry: BetaCase = async ({ client, emulator, queue: parent }) => {
  await using target = await startTarget(500);
  const name = `${parent}/tasks/t`;
  const retryConfig = { maxAttempts: 2, minBackoff: { seconds: 30 }, maxBackoff: { seconds: 30 } };
  const [task] = await client.createTask({ parent, task: { name, retryConfig, httpRequest: { url: target.url } } });
  expect(task.retryConfig).toMatchObject({ maxAttempts: 2, minBackoff: { seconds: "30", nanos: 0 } });
  await emulator.advance("29s");
  expect(target.received).toHaveLength(1);
  await emulator.advance("1h");
  expect(target.received).toHaveLength(2);
  expect(await failureOf(client.getTask({ name }))).toMatchObject({ code: 5 });
};

const httpTarget: BetaCase = async ({ client, emulator, queue: name }) => {
  await using target = await startTarget(200);
  const { hostname: host, port } = new URL(target.url);
  const uriOverride = {
    scheme: "HTTP" as const,
    host,
    port: Number(port),
    pathOverride: { path: "/elsewhere" },
    queryOverride: { queryParams: "by=queue" },
  };
  const headerOverrides = [{ header: { key: "X-Order", value: "8" } }];
  const queue = { name, httpTarget: { uriOverride, httpMethod: "PUT" as const, headerOverrides } };
  const [updated] = await client.updateQueue({ queue, updateMask: { paths: ["http_target"] } });
  expect(updated.httpTarget).toMatchObject({
    uriOverride: { ...uriOverride, port },
    httpMethod: "PUT",
    headerOverrides,
  });
  const httpRequest = { url: "https://example.invalid/task?by=task", headers: { "X-Order": "7", "X-Kept": "yes" } };
  await client.createTask({ parent: name, task: { httpRequest } });
  await emulator.idle();
  expect(target.received).toMatchObject([
    { method: "PUT", path: "/elsewhere?by=queue", headers: { "x-order": "8", "x-kept": "yes" } },
  ]);
};

const taskTtl: BetaCase = async ({ client, emulator, location }) => {
  await using target = await startTarget(200);
  const parent = `${location}/queues/short-lived`;
  const [queue] = await client.createQueue({
    parent: location,
    queue: { name: parent, taskTtl: { seconds: 10 * DAY } },
  });
  expect(queue.taskTtl).toMatchObject({ seconds: String(10 * DAY) });
  const task = { name: `${parent}/tasks/t`, scheduleTime: inSeconds(20 * DAY), httpRequest: { url: target.url } };
  await client.createTask({ parent, task });
  await emulator.advance("9d");
  await client.getTask({ name: task.name });
  await emulator.advance("25h");
  expect(await failureOf(client.getTask({ name: task.name }))).toMatchObject({ code: 5 });
  await emulator.advance("20d");
  expect(target.received).toHaveLength(0);
};

const tombstoneTtl: BetaCase = async ({ client, emulator, location }) => {
  const parent = `${location}/queues/long-remembered`;
  const [queue] = await client.createQueue({
    parent: location,
    queue: { name: parent, tombstoneTtl: { seconds: 2 * 3600 } },
  });
  expect(queue.tombstoneTtl).toMatchObject({ seconds: "7200" });
  const task = { name: `${parent}/tasks/t`, scheduleTime: inSeconds(10 * DAY), httpRequest: { url } };
  await client.createTask({ parent, task });
  await client.deleteTask({ name: task.name });
  await emulator.advance("119m");
  expect(await failureOf(client.createTask({ parent, task }))).toMatchObject({ code: 6 });
  await emulator.advance("1m");
  const [created] = await client.createTask({ parent, task });
  expect(created.name).toBe(task.name);
};

const queueStats: BetaCase = async ({ client, queue: name }) => {
  const scheduleTime = inSeconds(3600);
  for (const later of [0, 60]) {
    const task = { scheduleTime: { seconds: scheduleTime.seconds + later }, httpRequest: { url } };
    await client.createTask({ parent: name, task });
  }
  const [plain] = await client.getQueue({ name });
  expect(plain.stats).toBeNull();
  const [masked] = await client.getQueue({ name, readMask: { paths: ["name", "stats"] } });
  expect(masked).toMatchObject({
    name,
    rateLimits: null,
    stats: {
      tasksCount: "2",
      oldestEstimatedArrivalTime: { seconds: String(scheduleTime.seconds), nanos: 0 },
      executedLastMinuteCount: "0",
      concurrentDispatchesCount: "0",
    },
  });
};

/** The cases of v2beta3. */
export const betaCases: Readonly<Record<CaseOf<"batch" | "beta">, BetaCase>> = {
  "batch-create": batchCreate,
  "batch-delete": batchDelete,
  "task-retry": taskRetry,
  "http-target": httpTarget,
  "task-ttl": taskTtl,
  "tombstone-ttl": tombstoneTtl,
  "queue-stats": queueStats,
};
