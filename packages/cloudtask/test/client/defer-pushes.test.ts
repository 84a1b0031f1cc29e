import { AsyncResource } from "node:async_hooks";
import { expect, test } from "vitest";
import { z } from "zod";
import { CloudTaskError, LimitError, PayloadInvalidError, type Task } from "../../src/index.ts";
import { apiServer, bodyOf, clientOf, created, refusal, taken, taskAt, tasksOf } from "../support/api-server.ts";
import { startClockedScene } from "../support/clocked-scene.ts";
import { failureOf } from "../support/failure.ts";

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A client, a definition, and the payloads pushed so far. */
async function start() {
  const api = await apiServer();
  const client = clientOf(api);
  const task = client.task("t", (_: unknown) => undefined);
  const sent = () => tasksOf(api).map((each) => bodyOf(each).payload);
  return { api, client, task, sent };
}

test("pushes inside the callback are sent after it has succeeded, under the names that push() returned", async () => {
  const { api, client, task, sent } = await start();
  const { results, before } = await client.deferPushes(async () => {
    const first = await task(1).push();
    await pause();
    const second = await task(2).push({ name: "n", delay: "1m" });
    return { results: [first, second], before: sent() };
  });
  expect(before).toEqual([]);
  expect(sent().toSorted()).toEqual([1, 2]);
  expect(results.map(({ deferred, deduplicated }) => [deferred, deduplicated])).toEqual([
    [true, false],
    [true, false],
  ]);
  const created = [taskAt(api, 0), taskAt(api, 1)].toSorted((a) => (a.scheduleTime ? 1 : -1));
  expect(results.map(({ name }) => name)).toEqual(created.map(({ name }) => name));
  expect(results[0]?.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(results[1]?.scheduleTime.toISOString()).toBe(created[1]?.scheduleTime);
});

test("if the callback throws, nothing is sent, and its error is thrown unchanged", async () => {
  const { client, task, sent } = await start();
  const rollback = new Error("rolled back");
  const failing = client.deferPushes(async () => {
    await task(1).push();
    throw rollback;
  });
  expect(await failureOf(failing)).toBe(rollback);
  expect(
    await failureOf(
      client.deferPushes(() => {
        void task(2).push();
        throw rollback;
      }),
    ),
  ).toBe(rollback);
  expect(sent()).toEqual([]);
});

test("a callback can be synchronous and need not await its pushes", async () => {
  const { client, task, sent } = await start();
  const value = await client.deferPushes(() => {
    void task(1).push();
    return "done";
  });
  expect([value, sent()]).toEqual(["done", [1]]);
});

test("pushes are deferred anywhere in the callback: after timers, in parallel, in a stream; other pushes are not", async () => {
  const { client, task, sent } = await start();
  const outside: unknown[] = [];
  async function* numbers(): AsyncGenerator<Task> {
    for (const payload of [3, 4]) {
      await pause();
      yield task(payload);
    }
  }
  let ended = (): void => undefined;
  const open = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const deferring = client.deferPushes(async () => {
    await Promise.all([1, 2].map(async (payload) => pause().then(() => task(payload).push())));
    const pushed = await client.pushMany(numbers());
    await new Promise((resolve) => setTimeout(() => resolve(task(5).push()), 1));
    await open;
    return pushed.map(({ result }) => result.deferred);
  });
  outside.push((await task("outside").push()).deferred);
  expect(sent()).toEqual(["outside"]);
  ended();
  expect(await deferring).toEqual([true, true]);
  expect(sent().toSorted()).toEqual([1, 2, 3, 4, 5, "outside"]);
  expect(outside).toEqual([undefined]);
});

test("two simultaneous callbacks defer only their own pushes, and not those of another client", async () => {
  const { client, task, sent } = await start();
  const other = await start();
  const failing = client.deferPushes(async () => {
    await task("dropped").push();
    await pause();
    throw new Error("rolled back");
  });
  const succeeding = client.deferPushes(async () => {
    await pause();
    await task("kept").push();
    return other.task("direct").push();
  });
  const [failed, direct] = await Promise.all([failureOf(failing), succeeding]);
  expect([failed.message, direct.deferred]).toEqual(["rolled back", undefined]);
  expect([sent(), other.sent()]).toEqual([["kept"], ["direct"]]);
});

test("an inner deferPushes() passes its pushes to the outer one, or discards them if it fails", async () => {
  const { client, task, sent } = await start();
  await client.deferPushes(async () => {
    await task(1).push();
    await client.deferPushes(() => task(2).push());
    const inner = client.deferPushes(async () => {
      await task(3).push();
      throw new Error("rolled back to the savepoint");
    });
    await inner.catch(() => undefined);
    expect(sent()).toEqual([]);
  });
  expect(sent().toSorted()).toEqual([1, 2]);
  const outer = client.deferPushes(async () => {
    await client.deferPushes(() => task(4).push());
    throw new Error("rolled back");
  });
  await failureOf(outer);
  expect(sent()).toHaveLength(2);
});

test.each<[string, Record<string, unknown>, Record<string, unknown>, new (...args: never) => Error]>([
  ["an invalid payload", { id: "x" }, {}, PayloadInvalidError],
  ["a payload that is too large", { id: 1, pad: "x".repeat(1_100_000) }, {}, LimitError],
  ["a schedule too far ahead", { id: 1 }, { delay: "31d" }, LimitError],
  ["an invalid option", { id: 1 }, { name: "" }, TypeError],
])("%s fails the push and so the transaction", async (_, payload, options, expected) => {
  const { client, task, sent } = await start();
  const strict = client.task("strict", { input: z.looseObject({ id: z.number() }), run: () => undefined });
  const failing = client.deferPushes(async () => {
    await task(1).push();
    await strict(payload as { id: number }).push(options);
  });
  expect(await failureOf(failing)).toBeInstanceOf(expected);
  expect(sent()).toEqual([]);
});

test("a rejected push that the callback ignores is not sent; the others are", async () => {
  const { client, task, sent } = await start();
  await client.deferPushes(async () => {
    await failureOf(task(new Map()).push());
    await task(2).push();
  });
  expect(sent()).toEqual([2]);
});

test("a push after the callback has ended is sent at once after a success, and rejected after a failure", async () => {
  const { client, task, sent } = await start();
  const late: (() => Promise<unknown>)[] = [];
  const remember = (payload: unknown) => {
    late.push(AsyncResource.bind(() => task(payload).push()));
  };
  await client.deferPushes(() => remember(1));
  await failureOf(
    client.deferPushes(() => {
      remember(2);
      throw new Error("rolled back");
    }),
  );
  await expect(late[0]?.()).resolves.not.toHaveProperty("deferred");
  const error = await failureOf<CloudTaskError>(late[1]?.() ?? Promise.resolve());
  expect(error).toBeInstanceOf(CloudTaskError);
  expect(error).toMatchObject({ code: "ABORTED" });
  expect(error.message).toContain(
    'pushing "t": the enclosing client.deferPushes() already failed and its pushes were discarded',
  );
  expect(sent()).toEqual([1]);
});

test("a signal aborts a push until it is deferred, and not afterwards", async () => {
  const { client, task, sent } = await start();
  const controller = new AbortController();
  await client.deferPushes(async () => {
    await expect(task(1).push({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    await task(2).push({ signal: controller.signal });
    controller.abort();
  });
  expect(sent()).toEqual([2]);
});

test("deleteTask() removes a deferred push", async () => {
  const { client, task, sent } = await start();
  await client.deferPushes(async () => {
    const [one, other] = [await task(1).push(), await task(2).push()];
    expect(await client.deferPushes(() => client.deleteTask(one))).toBe(true);
    expect(await client.deleteTask(other.name)).toBe(true);
    await task(3).push();
  });
  expect(sent()).toEqual([3]);
});

test("a throttled push runs after the commit, even if its window had its run before", async () => {
  const { client, now, advance } = await startClockedScene();
  const runs: string[] = [];
  const began = now();
  const sync = client.task("sync", {
    run: (by: string) => void runs.push(`${by} at ${(now() - began) / 1000}`),
    throttle: { key: "k", window: "1m" },
  });
  await sync("before").push();
  const deferred = await client.deferPushes(async () => {
    const result = await sync("inside").push();
    await advance("90s");
    return result;
  });
  await advance("10m");
  expect(deferred.deferred).toBe(true);
  expect(runs).toEqual(["before at 60", "inside at 120"]);
});

test("in eager mode, deferred pushes run after the callback has succeeded", async () => {
  const client = clientOf(undefined, { eager: "immediate" });
  const log: unknown[] = [];
  const task = client.task("t", (payload: number) => void log.push(payload));
  await client.deferPushes(async () => {
    await task(1).push();
    log.push("commit");
  });
  expect(log).toEqual(["commit", 1]);
});

test("a deferred push with a taken name is sent without an error", async () => {
  const api = await apiServer(taken);
  const client = clientOf(api);
  const task = client.task("t", () => undefined);
  const result = await client.deferPushes(() => task().push({ name: "n" }));
  expect(result).toMatchObject({ deferred: true, deduplicated: false });
  expect(api.requests).toHaveLength(1);
});

test("a key is computed once from the payload at the push, even if the payload changes before it is sent", async () => {
  const { client, advance } = await startClockedScene();
  const runs: string[] = [];
  const sync = client.task("sync", {
    run: ({ id }: { id?: string }) => void runs.push(String(id)),
    throttle: { key: ({ id }) => String(id?.toUpperCase()), window: "1m" },
  });
  await client.deferPushes(async () => {
    const payload: { id?: string } = { id: "a" };
    await sync(payload).push();
    await sync({ id: "a" }).push();
    delete payload.id;
    await advance("90s");
  });
  await advance("10m");
  expect(runs).toEqual(["a"]);
});

test("deleteTask() removes every deferred push of that name", async () => {
  const { client, task, sent } = await start();
  const removed = await client.deferPushes(async () => {
    const deferred = await task(1).push({ name: "n" });
    await client.deferPushes(() => task(2).push({ name: "n" }));
    return client.deleteTask(deferred);
  });
  expect([removed, sent()]).toEqual([true, []]);
});

test("deleteTask() does not report a push that is being sent as removed", async () => {
  const notFound = refusal(404, "NOT_FOUND");
  const api = await apiServer((outgoing, request) => {
    (request.method === "DELETE" ? notFound : created)(outgoing, request);
  });
  const client = clientOf(api);
  const task = client.task("t", () => undefined);
  const [deleting] = await client.deferPushes(async () => [client.deleteTask(await task().push({ name: "n" }))]);
  expect(await deleting).toBe(false);
  expect(api.requests.map(({ method }) => method).toSorted()).toEqual(["DELETE", "POST"]);
});
