import { Readable } from "node:stream";
import { expect, test } from "vitest";
import {
  type Answer,
  apiServer,
  bodyAt,
  bodyOf,
  clientOf,
  created,
  failing,
  gate,
  silence,
  taskAt,
} from "../../../test/support/api-server.ts";
import { failureOf } from "../../../test/support/failure.ts";
import type { PushManyError, PushManyProgress, Task } from "../../index.ts";

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const refuseOdd = failing((task) => (bodyOf(task).payload % 2 === 0 ? undefined : { code: 7, message: "odd" }));

test.each([
  { tasks: 12, options: { concurrency: 4 }, peak: 4 },
  { tasks: 64, options: {}, peak: 32 },
  { tasks: 3, options: { concurrency: 1 }, peak: 1 },
  { tasks: 5, options: { concurrency: 1_000 }, peak: 5 },
])("$tasks tasks with $options: without batches, $peak pushes run at once", async ({ tasks, options, peak }) => {
  const api = await apiServer(gate(peak));
  const client = clientOf(api);
  const task = client.task("t", (_: number) => undefined);
  const results = await client.pushMany(range(tasks).map(task), { ...options, batch: false });
  expect(api.requests).toHaveLength(tasks);
  expect(api.peak()).toBe(peak);
  expect(results.map((result) => result.task.payload)).toEqual(range(tasks));
});

test("it returns a result for each task, in their order, regardless of the order of answers", async () => {
  const api = await apiServer(gate(4));
  const client = clientOf(api);
  const tasks = range(8).map(client.task("t", (_: number) => undefined));
  for (const task of tasks) task.name = `n${task.payload}`;
  const results = await client.pushMany(tasks, { batch: false, concurrency: 4 });
  expect(results).toEqual(
    tasks.map((task, index) => ({
      status: "pushed",
      task,
      result: expect.objectContaining({ id: expect.stringMatching(new RegExp(`-n${index}$`)), deduplicated: false }),
    })),
  );
});

function* endlessly(make: (id: number) => Task, log: string[] = []): Generator<Task> {
  try {
    for (let id = 0; ; id++) {
      log.push(`read ${id}`);
      yield make(id);
    }
  } finally {
    log.push("closed");
  }
}

async function* later(tasks: Iterable<Task>): AsyncGenerator<Task> {
  yield* tasks;
}

test.each<[string, (tasks: Task[]) => Iterable<Task> | AsyncIterable<Task>, number | undefined]>([
  ["a list", (tasks) => tasks, 5],
  ["a set", (tasks) => new Set(tasks), 5],
  ["an iterator", (tasks) => tasks.values(), undefined],
  ["an async generator", later, undefined],
  ["a stream", (tasks) => Readable.from(tasks), undefined],
])("tasks come from %s", async (_, sourceOf, total) => {
  const api = await apiServer();
  const client = clientOf(api);
  const progress: PushManyProgress[] = [];
  const tasks = range(5).map(client.task("t", (_: number) => undefined));
  const onProgress = (step: PushManyProgress): unknown => progress.push(step);
  const results = await client.pushMany(sourceOf(tasks), { concurrency: 2, onProgress });
  expect(results.map(({ status, task }) => [status, task])).toEqual(tasks.map((task) => ["pushed", task]));
  expect(progress).toEqual(range(5).map((index) => ({ done: index + 1, failed: 0, total })));
});

test("without batches, a source is read only as fast as its tasks are pushed", async () => {
  const log: string[] = [];
  const ahead: number[] = [];
  const api = await apiServer((outgoing, request) => {
    ahead.push(log.length - ahead.length);
    created(outgoing, request);
  });
  const client = clientOf(api);
  const onProgress = ({ done }: PushManyProgress): void => expect(done).toBeLessThan(20);
  const task = client.task("t", (_: number) => undefined);
  await failureOf(client.pushMany(endlessly(task, log), { batch: false, concurrency: 3, onProgress }));
  expect(Math.max(...ahead)).toBeLessThanOrEqual(3);
  expect(ahead.length).toBeGreaterThanOrEqual(20);
});

test("an empty source resolves with no results", async () => {
  const client = clientOf(await apiServer());
  expect(await client.pushMany([])).toEqual([]);
  expect(await client.pushMany(later([]))).toEqual([]);
});

test("the options in `push` apply to every push", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const task = client.task("t", (_: number) => undefined);
  await client.pushMany([task(1), task(2)], { push: { queue: "bulk", dispatchDeadline: "1m" } });
  expect(api.requests.map(({ path }) => path.split("/").at(-2))).toEqual(["bulk"]);
  expect([taskAt(api, 0), taskAt(api, 1)].map(({ dispatchDeadline }) => dispatchDeadline)).toEqual(["60s", "60s"]);
  expect([bodyAt(api, 0), bodyAt(api, 1)]).toEqual([1, 2].map((payload) => ({ task: "t", payload })));
});

test("if some fail, all are tried, and the error has a result for each", async () => {
  const client = clientOf(await apiServer(refuseOdd));
  const tasks = range(5).map(client.task("t", (_: number) => undefined));
  const progress: PushManyProgress[] = [];
  const onProgress = (step: PushManyProgress): unknown => progress.push(step);
  const error = await failureOf<PushManyError>(client.pushMany(tasks, { concurrency: 1, onProgress }));
  expect(error).toMatchObject({ name: "PushManyError", code: "PUSH_MANY_FAILED", failed: 2 });
  expect(error.message).toMatch(
    /^2 of 5 tasks were not confirmed\. The first error: Could not push "t" .+ PERMISSION_DENIED: odd/,
  );
  expect(error.results.map(({ status, task }) => [status, task])).toEqual(
    ["pushed", "failed", "pushed", "failed", "pushed"].map((status, index) => [status, tasks[index]]),
  );
  expect(error.results[1]).toMatchObject({ error: { code: "API_ERROR", status: "PERMISSION_DENIED" } });
  expect(error.cause).toBe((error.results[1] as { readonly error: unknown }).error);
  expect(progress.map(({ failed }) => failed)).toEqual([0, 1, 1, 2, 2]);
});

test("an invalid payload fails only its own task", async () => {
  const client = clientOf(await apiServer());
  const task = client.task("t", (_: unknown) => undefined);
  const error = await failureOf<PushManyError>(client.pushMany([task(1), task(1n), task(2)]));
  expect(error.results.map(({ status }) => status)).toEqual(["pushed", "failed", "pushed"]);
  expect(error.cause).toMatchObject({ code: "PAYLOAD_NOT_SERIALIZABLE" });
});

test("a value that is not a task fails, and the tasks around it are pushed", async () => {
  const client = clientOf(await apiServer());
  const task = client.task("t", () => undefined);
  const error = await failureOf<PushManyError>(client.pushMany([task(), { name: "t" } as unknown as Task, task()]));
  expect(error).toMatchObject({
    failed: 1,
    cause: new TypeError("client.pushMany(): expected tasks, received object"),
  });
});

test("a source that throws ends it: running pushes are reported, and the error is the cause", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const task = client.task("t", (_: number) => undefined);
  const broken = new Error("the cursor was lost");
  async function* source(): AsyncGenerator<Task> {
    yield task(1);
    yield task(2);
    throw broken;
  }
  const error = await failureOf<PushManyError>(client.pushMany(source()));
  expect(error).toMatchObject({ code: "PUSH_MANY_FAILED", failed: 0, cause: broken });
  expect(error.message).toBe("client.pushMany() ended early, after 2 tasks. The cause: the cursor was lost");
  expect(error.results.map(({ status, task: { payload } }) => [status, payload])).toEqual([
    ["pushed", 1],
    ["pushed", 2],
  ]);
});

test("a progress callback that throws ends it, and closes the source", async () => {
  const client = clientOf(await apiServer());
  const log: string[] = [];
  const source = endlessly(
    client.task("t", (_: number) => undefined),
    log,
  );
  const onProgress = (): never => {
    throw new Error("the terminal is gone");
  };
  const error = await failureOf<PushManyError>(client.pushMany(source, { batch: false, concurrency: 1, onProgress }));
  expect(error.message).toBe("client.pushMany() ended early, after 1 task. The cause: the terminal is gone");
  expect(log).toEqual(["read 0", "closed"]);
});

test("if it ends early, each remaining task of a list is reported", async () => {
  const client = clientOf(await apiServer());
  const tasks = range(3).map(client.task("t", (_: number) => undefined));
  const broken = new Error("the terminal is gone");
  const onProgress = (): never => {
    throw broken;
  };
  const error = await failureOf<PushManyError>(client.pushMany(tasks, { batch: false, concurrency: 1, onProgress }));
  expect(error).toMatchObject({ failed: 2, cause: broken });
  expect(error.results).toMatchObject([
    { status: "pushed", task: tasks[0] },
    { status: "failed", task: tasks[1], mayExist: false, error: { code: "ABORTED", cause: broken } },
    { status: "failed", task: tasks[2], mayExist: false },
  ]);
  expect(error.message).toContain("The other 2 of the list were not pushed. The cause: the terminal is gone");
});

test("a signal aborts the running push and starts no other; every task of a list is reported", async () => {
  const controller = new AbortController();
  const abort: Answer = () => controller.abort(new Error("shutting down"));
  const api = await apiServer(created, created, abort);
  const client = clientOf(api);
  const tasks = range(5).map(client.task("t", (_: number) => undefined));
  const pushing = client.pushMany(tasks, { batch: false, concurrency: 1, signal: controller.signal });
  const error = await failureOf<PushManyError>(pushing);
  expect(api.requests).toHaveLength(3);
  expect(error.failed).toBe(3);
  expect(error.results.map(({ status, task }) => [status, task])).toEqual(
    ["pushed", "pushed", "failed", "failed", "failed"].map((status, index) => [status, tasks[index]]),
  );
  const failures = error.results.slice(2).map((result) => (result as { readonly error: unknown }).error);
  expect(failures).toEqual(
    range(3).map(() => expect.objectContaining({ code: "ABORTED", cause: controller.signal.reason })),
  );
});

test("a signal stops reading an endless source, and closes it", async () => {
  const controller = new AbortController();
  const api = await apiServer(created, (outgoing, request) => {
    controller.abort();
    silence(outgoing, request);
  });
  const client = clientOf(api);
  const log: string[] = [];
  const source = endlessly(
    client.task("t", (_: number) => undefined),
    log,
  );
  const error = await failureOf<PushManyError>(
    client.pushMany(source, { batch: false, concurrency: 1, signal: controller.signal }),
  );
  expect(error).toMatchObject({ failed: 1, cause: { code: "ABORTED" } });
  expect(error.results).toHaveLength(2);
  expect(log).toEqual(["read 0", "read 1", "closed"]);
});

test.each<[string, unknown, Record<string, unknown>, string]>([
  ["concurrency 0", [], { concurrency: 0 }, "`concurrency` must be a positive integer, received 0"],
  ["concurrency 1.5", [], { concurrency: 1.5 }, "received 1.5"],
  ["endless concurrency", [], { concurrency: Number.POSITIVE_INFINITY }, "received Infinity"],
  ["batch in words", [], { batch: "no" }, "client.pushMany(): batch"],
  ["concurrency in words", [], { concurrency: "8" }, "received 8"],
  [
    "an unknown option",
    [],
    { paralel: 8 },
    'client.pushMany(): unknown option "paralel"; the options are batch, concurrency',
  ],
  ["one name for all", [], { push: { name: "x" } }, 'client.pushMany(): push: unknown option "name"'],
  ["an unknown push option", [], { push: { eta: 1 } }, 'push: unknown option "eta"'],
  ["no options", [], null as never, "client.pushMany(): options must be an object, received null"],
  [
    "push options that are none",
    [],
    { push: null },
    "client.pushMany(): push: options must be an object, received null",
  ],
  ["a callback that is none", [], { onProgress: true }, "onProgress must be a function, received boolean"],
  ["no tasks", undefined, {}, "expected a list or another iterable of tasks, received undefined"],
  ["a number", 3, {}, "expected a list or another iterable of tasks, received number"],
])("%s is rejected at once", async (_, tasks, options, message) => {
  const error = await failureOf(clientOf(undefined).pushMany(tasks as Task[], options));
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(message);
});
