import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { CloudTaskClient, PushManyError, Task } from "../../src/index.ts";
import { apiServer, clientOf, created, silence } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

const define = (client: CloudTaskClient) => client.task("t", (_: number) => undefined);
const forever = (): Promise<never> => new Promise(() => undefined);

/** A cursor as people write one: nothing keeps two calls of `next()` apart. */
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

test("an iterator that bears one next() at a time is asked for one at a time, and not after its end", async () => {
  const api = await apiServer();
  const source = cursor(50, define(clientOf(api)));
  const results = await clientOf(api).pushMany(source);
  expect(results.map(({ task }) => task.payload)).toEqual(Array.from({ length: 50 }, (_, row) => row));
  expect(api.requests).toHaveLength(50);
  expect(source.calls()).toBe(51);
});

test("a signal ends it while the source waits, and the generator is not waited for", async () => {
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
    /^pushing ended early, after 1 tasks .+: aborted by its signal\. The rest of its source was not read\.$/,
  );
});

test("a source that waits is told to close all the same", async () => {
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

test("a progress callback that throws ends it too while the source waits", async () => {
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

test("a generator that does not wait has closed before it is told of", async () => {
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
  await failureOf(client.pushMany(rows(), { concurrency: 1, signal: controller.signal }));
  expect(log).toEqual(["closed"]);
  expect(api.requests).toHaveLength(2);
});

test("with a signal aborted before, no task is read", async () => {
  const client = clientOf(await apiServer());
  const source = cursor(3, define(client));
  const error = await failureOf<PushManyError>(client.pushMany(source, { signal: AbortSignal.abort("no") }));
  expect(error).toMatchObject({ failed: 0, results: [], cause: { code: "ABORTED", cause: "no" } });
  expect(source.calls()).toBe(0);
});

test("a signal that comes after the end of the source leaves what was pushed as it is", async () => {
  const controller = new AbortController();
  const api = await apiServer();
  const client = clientOf(api);
  const onProgress = (): void => controller.abort();
  const results = await client.pushMany(cursor(1, define(client)), { onProgress, signal: controller.signal });
  expect(results).toMatchObject([{ status: "pushed" }]);
});

test("a source that throws is asked no more, and not closed: it has ended", async () => {
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

test("an iterator that breaks the protocol is not taken for one that has ended", async () => {
  const source = { [Symbol.asyncIterator]: () => ({ next: async () => undefined }) };
  const pushing = clientOf(await apiServer()).pushMany(source as unknown as AsyncIterable<Task>);
  const error = await failureOf<PushManyError>(pushing);
  expect(error.cause).toEqual(
    new TypeError("client.pushMany(): the iterator's next() must bring { done, value }, and brought undefined"),
  );
});
