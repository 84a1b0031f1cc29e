import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  type ApiRequest,
  apiServer,
  bodyOf,
  clientOf,
  created,
  failing,
  tasksIn,
  tasksOf,
} from "../../../test/support/api-server.ts";
import { failureOf } from "../../../test/support/failure.ts";
import type { PushManyError, PushManyProgress, Task, Transport } from "../../index.ts";
import { createHttpSender } from "../../transport/http-node.ts";
import { createRestTransport } from "../../transport/rest-transport.ts";

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const payloadsIn = (request: ApiRequest): number[] => tasksIn(request).map((task) => bodyOf(task).payload);
const sizes = (requests: readonly ApiRequest[]): number[] => requests.map((request) => tasksIn(request).length);
const isBatch = ({ path }: ApiRequest): boolean => path.endsWith("/tasks:batchCreate");

test("one call creates up to 100 tasks of a queue, each call with its own request id", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const task = client.task("t", (_: number) => undefined);
  const results = await client.pushMany(range(250).map(task));
  expect(sizes(api.requests).toSorted()).toEqual([100, 100, 50]);
  expect(api.requests.flatMap(payloadsIn).toSorted((a, b) => a - b)).toEqual(range(250));
  expect(results.map((result) => result.task.payload)).toEqual(range(250));
  const bodies = api.requests.map(({ text }) => JSON.parse(text));
  const queue = "projects/p/locations/l/queues/default";
  expect(new Set(api.requests.map(({ path }) => path))).toEqual(new Set([`/v2/${queue}/tasks:batchCreate`]));
  expect(new Set(bodies.map(({ requestId }) => requestId)).size).toBe(3);
  expect(bodies[0].requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(bodies[0].requests[1]).toEqual({
    parent: queue,
    task: expect.objectContaining({ httpRequest: expect.anything() }),
  });
});

test("each queue has its own batches, and the results keep the order of the tasks", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const [even, odd] = ["even", "odd"].map((queue) => client.task(queue, { queue, run: (_: number) => undefined }));
  const tasks = range(120).map((index) => (index % 2 === 0 ? even : odd)?.(index) as Task);
  const results = await client.pushMany(tasks);
  expect(api.requests.map(({ path }) => path.split("/").at(-2)).toSorted()).toEqual(["even", "odd"]);
  expect(results.map(({ result }) => result.queue)).toEqual(tasks.map(({ definition }) => definition));
});

test("a call is smaller than the service accepts, so large tasks share it with few others", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const task = client.task("t", (_: string) => undefined);
  await client.pushMany(range(10).map(() => task("x".repeat(700_000))));
  expect(Math.max(...api.requests.map(({ text }) => text.length))).toBeLessThan(5 * 1024 * 1024);
  expect(sizes(api.requests).toSorted()).toEqual([2, 4, 4]);
});

test.each([
  { options: {}, peak: 8 },
  { options: { concurrency: 2 }, peak: 2 },
  { options: { concurrency: 12 }, peak: 12 },
])("with $options, $peak calls are in progress", async ({ options, peak }) => {
  const pending: (() => unknown)[] = [];
  const api = await apiServer((outgoing, request) => {
    pending.push(() => created(outgoing, request));
    if (pending.length < peak) return;
    for (const answer of pending.splice(0)) answer();
  });
  const client = clientOf(api);
  const tasks = range(peak * 200).map(client.task("t", (_: number) => undefined));
  await client.pushMany(tasks, options);
  expect(api.peak()).toBe(peak);
  expect(tasksOf(api)).toHaveLength(peak * 200);
});

test.each<[string, { code: number; name?: true; idempotent?: true }, object]>([
  ["a name that is taken", { code: 6, name: true }, { status: "pushed", result: { deduplicated: true } }],
  ["a random name that is taken", { code: 6, idempotent: true }, { status: "pushed", result: { deduplicated: false } }],
  [
    "a missing queue",
    { code: 5 },
    { status: "failed", mayExist: false, error: { status: "NOT_FOUND", httpStatus: 404 } },
  ],
  ["a missing permission", { code: 7 }, { status: "failed", mayExist: false, error: { status: "PERMISSION_DENIED" } }],
  ["an invalid task", { code: 3 }, { status: "failed", mayExist: false, error: { status: "INVALID_ARGUMENT" } }],
  ["an exhausted quota", { code: 8 }, { status: "pushed", result: { deduplicated: false } }],
  ["an unavailable service", { code: 14 }, { status: "pushed", result: { deduplicated: false } }],
])("if one task of a batch fails with %s, the others are created", async (_, { code, name, idempotent }, expected) => {
  const second = failing((task) => (bodyOf(task).payload === 1 ? { code, message: "because" } : undefined));
  const api = await apiServer((outgoing, request) => (isBatch(request) ? second : created)(outgoing, request));
  const client = clientOf(api);
  const tasks = range(3).map(client.task("t", { idempotent, run: (_: number) => undefined }));
  if (name) for (const task of tasks) task.name = `n${task.payload}`;
  const settled = await client.pushMany(tasks).catch((error: PushManyError) => error.results);
  expect(settled).toMatchObject([{ status: "pushed" }, { task: tasks[1], ...expected }, { status: "pushed" }]);
});

test("the first of several tasks with the same name is the one that is sent", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  for (let round = 0; round < 10; round++) {
    const key = (n: number): string => `${round}-${n >> 1}`;
    const task = client.task(`t${round}`, { throttle: { key, window: "1h" }, run: (_: number) => undefined });
    const results = await client.pushMany(range(100).map(task));
    expect(results.map(({ result }) => result.deduplicated)).toEqual(range(100).map((n) => n % 2 === 1));
  }
});

test("tasks with the same name are sent once, and the others are duplicates", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const task = client.task("t", { throttle: { key: String, window: "1h" }, run: (_: number) => undefined });
  const results = await client.pushMany([1, 2, 1, 1, 3].map(task));
  expect(results.map(({ result }) => result.deduplicated)).toEqual([false, false, true, true, false]);
  expect(sizes(api.requests)).toEqual([3]);
});

test("if the first of several tasks with a name fails, the others are tried", async () => {
  const invalid = failing(() => ({ code: 3, message: "invalid" }));
  const api = await apiServer((outgoing, request) => (isBatch(request) ? invalid : created)(outgoing, request));
  const client = clientOf(api);
  const tasks = range(2).map(client.task("t", (_: number) => undefined));
  for (const task of tasks) task.name = "same";
  const error = await failureOf<PushManyError>(client.pushMany(tasks));
  expect(error.results).toMatchObject([{ status: "failed" }, { status: "pushed", result: { deduplicated: false } }]);
});

test("tasks of different clients have their own calls, also in the same queue", async () => {
  const [one, other] = [await apiServer(), await apiServer()];
  const tasks = [one, other].map((api) => clientOf(api).task("t", (_: number) => undefined));
  await clientOf(one).pushMany(range(4).map((index) => tasks[index % 2]?.(index) as Task));
  expect([one, other].map((api) => api.requests.flatMap(payloadsIn).toSorted())).toEqual([
    [0, 2],
    [1, 3],
  ]);
});

test("a custom transport receives batches", async () => {
  const api = await apiServer();
  const inner = createRestTransport({ baseUrl: `http://${api.host}`, sender: createHttpSender() });
  const paths: string[] = [];
  const transport: Transport = {
    call(call) {
      paths.push(call.path);
      return inner.call(call);
    },
    close: () => inner.close(),
  };
  const client = clientOf(undefined, { transport, apiRetry: undefined });
  await client.pushMany(range(3).map(client.task("t", (_: number) => undefined)));
  expect(paths).toEqual(["projects/p/locations/l/queues/default/tasks:batchCreate"]);
});

test("a source that pauses does not hold back the tasks before the pause", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const task = client.task("t", (_: number) => undefined);
  let done = 0;
  async function* rows(): AsyncGenerator<Task> {
    yield task(1);
    yield task(2);
    // The next row exists only when the first two are confirmed.
    while (done < 2) await wait(1);
    yield task(3);
  }
  const onProgress = (progress: PushManyProgress): void => {
    done = progress.done;
  };
  await client.pushMany(rows(), { onProgress });
  expect(tasksOf(api).map((each) => bodyOf(each).payload)).toEqual([1, 2, 3]);
});

test("an endless source is read only some batches ahead", async () => {
  const log: number[] = [];
  let ahead = 0;
  const api = await apiServer((outgoing, request) => {
    ahead = Math.max(ahead, log.length - tasksOf(api).length);
    created(outgoing, request);
  });
  const client = clientOf(api);
  const task = client.task("t", (_: number) => undefined);
  async function* endless(): AsyncGenerator<Task> {
    for (let id = 0; ; id++) {
      log.push(id);
      yield task(id);
    }
  }
  const onProgress = ({ done }: PushManyProgress): void => expect(done).toBeLessThan(5_000);
  await failureOf(client.pushMany(endless(), { concurrency: 2, onProgress }));
  expect(tasksOf(api).length).toBeGreaterThan(4_000);
  expect(ahead).toBeLessThanOrEqual(300);
});

test("if the progress callback throws, batches that were not sent are canceled", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const tasks = range(1_000).map(client.task("t", (_: number) => undefined));
  const broken = new Error("the terminal is gone");
  const onProgress = (): never => {
    throw broken;
  };
  const error = await failureOf<PushManyError>(client.pushMany(tasks, { concurrency: 1, onProgress }));
  const sent = tasksOf(api).length;
  expect(sent).toBeLessThanOrEqual(200);
  expect(error).toMatchObject({ failed: 1_000 - sent, cause: broken });
  expect(error.results).toHaveLength(1_000);
  const failures = error.results.filter((result) => result.status === "failed");
  expect(failures.filter(({ mayExist }) => mayExist)).toEqual([]);
  expect(failures[0]?.error).toMatchObject({ code: "ABORTED", cause: broken });
});

test("a signal aborts the calls in progress, and the tasks that were not sent do not exist", async () => {
  const controller = new AbortController();
  const api = await apiServer(() => controller.abort());
  const client = clientOf(api);
  const tasks = range(500).map(client.task("t", (_: number) => undefined));
  const error = await failureOf<PushManyError>(client.pushMany(tasks, { concurrency: 1, signal: controller.signal }));
  const mayExist = error.results.filter((result) => result.status === "failed" && result.mayExist);
  expect([error.failed, mayExist.length, api.requests.length]).toEqual([500, 100, 1]);
});
