import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { CloudTaskClient, PushManyError, Task } from "../../src/index.ts";
import { apiServer, clientOf, created, silence, tasksOf } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

const define = (client: CloudTaskClient) => client.task("t", (_: number) => undefined);
const forever = (): Promise<never> => new Promise(() => undefined);

/** A hand-written cursor: it does not support overlapping calls of `next()`. */
function cursor(count: number, make: (row: number) => Task): AsyncIterable<Task> & { readonly calls: () => number } {
  let [row, calls] = [0, 0];
  const next = async (): Promise<IteratorResult<Task>> => {
    calls++;
    const at = row;
    await setImmediate();
    row = at + 1;
    return at < count ? { value: make(at), done: false } : { value: undefined, done: true };
  };
  return { [Symbol.asyncIterator]: () => ({ next }), calls: () => calls };
}

test("next() is called once at a time, and not after the end", async () => {
  const api = await apiServer();
  const source = cursor(50, define(clientOf(api)));
  const results = await clientOf(api).pushMany(source);
  expect(results.map(({ task }) => task.payload)).toEqual(Array.from({ length: 50 }, (_, row) => row));
  expect(tasksOf(api)).toHaveLength(50);
  expect(source.calls()).toBe(51);
});

test("a signal ends it while the source waits, without waiting for the generator", async () => {
  const controller = new AbortController();
  const client = clientOf(await apiServer());
  async function* stuck(): AsyncGenerator<Task> {
    yield define(client)(1);
    controller.abort(new Error("shutting down"));
    await forever();
  }
  const error = await failureOf<PushManyError>(client.pushMany(stuck(), { signal: controller.signal }));
  expect(error).toMatchObject({ cause: { code: "ABORTED", cause: controller.signal.reason } });
  expect(error.results).toMatchObject([{ task: { payload: 1 } }]);
  expect(error.message).toMatch(
    /^client\.pushMany\(\) ended early, after 1 task\. 1 of 1 tasks were not confirmed\. .+: aborted by its signal\. The rest of its source was not read\.$/,
  );
});

test("a waiting source is closed too", async () => {
  const controller = new AbortController();
  const client = clientOf(await apiServer());
  let closed = 0;
  const source: AsyncIterableIterator<Task> = {
    [Symbol.asyncIterator]: () => source,
    next: async () => {
      controller.abort();
      return forever();
    },
    return: () => {
      closed++;
      return forever();
    },
  };
  const error = await failureOf<PushManyError>(client.pushMany(source, { signal: controller.signal }));
  expect(error).toMatchObject({ failed: 0, results: [], cause: { code: "ABORTED" } });
  expect(closed).toBe(1);
});

test("a progress callback that throws ends it while the source waits", async () => {
  const client = clientOf(await apiServer());
  const broken = new Error("the terminal is gone");
  async function* stuck(): AsyncGenerator<Task> {
    yield define(client)(1);
    await forever();
  }
  const onProgress = (): never => {
    throw broken;
  };
  const error = await failureOf<PushManyError>(client.pushMany(stuck(), { onProgress }));
  expect(error).toMatchObject({ failed: 0, cause: broken, results: [{ status: "pushed" }] });
});

test("a generator that does not wait has closed before the error is thrown", async () => {
  const controller = new AbortController();
  const log: string[] = [];
  const api = await apiServer(created, (outgoing, request) => {
    controller.abort();
    silence(outgoing, request);
  });
  const client = clientOf(api);
  const task = define(client);
  async function* rows(): AsyncGenerator<Task> {
    try {
      yield task(1);
      yield task(2);
      yield task(3);
    } finally {
      await setImmediate();
      log.push("closed");
    }
  }
  await failureOf(client.pushMany(rows(), { batch: false, concurrency: 1, signal: controller.signal }));
  expect(log).toEqual(["closed"]);
  expect(api.requests).toHaveLength(2);
});

test("with an aborted signal, no task is read", async () => {
  const client = clientOf(await apiServer());
  const source = cursor(3, define(client));
  const error = await failureOf<PushManyError>(client.pushMany(source, { signal: AbortSignal.abort("no") }));
  expect(error).toMatchObject({ failed: 0, results: [], cause: { code: "ABORTED", cause: "no" } });
  expect(source.calls()).toBe(0);
});

test("an abort after the end of the source does not change the results", async () => {
  const controller = new AbortController();
  const api = await apiServer();
  const client = clientOf(api);
  const onProgress = (): void => controller.abort();
  const results = await client.pushMany(cursor(1, define(client)), { onProgress, signal: controller.signal });
  expect(results).toMatchObject([{ status: "pushed" }]);
});

test("a source that throws is not read or closed afterwards", async () => {
  const broken = new Error("the cursor was lost");
  const log: string[] = [];
  const source: AsyncIterableIterator<Task> = {
    [Symbol.asyncIterator]: () => source,
    next: async () => {
      log.push("next");
      throw broken;
    },
    return: async () => {
      log.push("return");
      return { value: undefined, done: true };
    },
  };
  const error = await failureOf<PushManyError>(clientOf(await apiServer()).pushMany(source));
  expect(error.cause).toBe(broken);
  expect(log).toEqual(["next"]);
});

test("an iterator that violates the protocol is an error, not the end", async () => {
  const source = { [Symbol.asyncIterator]: () => ({ next: async () => undefined }) };
  const pushing = clientOf(await apiServer()).pushMany(source as unknown as AsyncIterable<Task>);
  const error = await failureOf<PushManyError>(pushing);
  expect(error.cause).toEqual(
    new TypeError("client.pushMany(): the iterator's next() must return { done, value }, received undefined"),
  );
});
