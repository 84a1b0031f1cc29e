import { AsyncLocalStorage } from "node:async_hooks";
import { tracingChannel } from "node:diagnostics_channel";
import { expect, expectTypeOf, onTestFinished, test, vi } from "vitest";
import { registryOf, type TaskRecord } from "../../src/execution/registry.ts";
import {
  CloudTaskClient,
  createWorker,
  type Delivery,
  depends,
  type Middleware,
  type Next,
  type Task,
} from "../../src/index.ts";
import { clientOf } from "../support/api-server.ts";
import { deliveryOf } from "../support/deliveries.ts";
import { failureOf } from "../support/failure.ts";

const newClient = (): CloudTaskClient => new CloudTaskClient({ url: "http://worker.test/" });

/** Writes down when it is entered and left. */
function logging(log: string[], name: string): Middleware {
  return async (_, next) => {
    log.push(`> ${name}`);
    const result = await next();
    log.push(`< ${name}`);
    return result;
  };
}

test.each<[string, (client: CloudTaskClient, task: Task) => Promise<unknown>]>([
  ["a worker", (client) => createWorker(client, { allowUnauthenticated: true }).fetch(deliveryOf({ task: "t" }))],
  ["execute()", (_, task) => task.execute()],
  ["eager: immediate", (_, task) => task.push()],
])("%s runs a task within its middleware, the first outermost, and the commit is inside", async (_, run) => {
  const log: string[] = [];
  const client = clientOf(undefined, { eager: "immediate", onSuccess: () => log.push("onSuccess") });
  const db = depends(function* () {
    log.push("begin");
    yield "db";
    log.push("commit");
  });
  const define = client.task("t", { deps: { db }, run: () => log.push("run") });
  client.use(logging(log, "outer"));
  client.use(logging(log, "inner"));
  await run(client, define());
  expect(log).toEqual(["> outer", "> inner", "begin", "run", "commit", "< inner", "< outer", "onSuccess"]);
});

test("what it returns is the result, and it sees the delivery and the handler's result", async () => {
  const client = newClient();
  const task = client.task("t", (size: number) => size);
  client.use(async (delivery, next) => [delivery.task, delivery.attempt, delivery.queue, await next()]);
  expect(await task(7).execute()).toEqual(["t", 1, "default", 7]);
});

test("what an AsyncLocalStorage holds is there in dependencies, handler and teardown", async () => {
  const current = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const client = newClient();
  const db = depends(async function* () {
    seen.push(current.getStore());
    yield "db";
    await Promise.resolve();
    seen.push(current.getStore());
  });
  const task = client.task("t", { deps: { db }, run: async () => void seen.push(current.getStore()) });
  client.use((delivery, next) => current.run(delivery.task, next));
  await task().execute();
  expect(seen).toEqual(["t", "t", "t"]);
});

test("next() rejects with what failed: the handler's very error, or the teardown's", async () => {
  const seen: unknown[] = [];
  const client = newClient();
  const broken = depends(function* () {
    yield 1;
    throw new Error("commit failed");
  });
  const boom = new Error("boom");
  const throws = client.task("throws", () => Promise.reject(boom));
  const uncommitted = client.task("uncommitted", { deps: { broken }, run: () => "done" });
  client.use((_, next) =>
    next().catch((error) => {
      seen.push(error);
      throw error;
    }),
  );
  expect(await failureOf(throws().execute())).toBe(boom);
  expect(await failureOf(uncommitted().execute())).toBe(seen[1]);
  expect(seen).toEqual([boom, expect.objectContaining({ code: "TEARDOWN_FAILED", cause: new Error("commit failed") })]);
});

test("it is taken away by its undo, each registration by its own, and a run under way keeps what it began with", async () => {
  const log: string[] = [];
  const client = newClient();
  const task = client.task("t", () => undo());
  const counting: Middleware = (_, next) => {
    log.push("seen");
    return next();
  };
  const undo = client.use(counting);
  using _ = client.use(counting);
  await task().execute();
  expect(log).toHaveLength(2);
  undo();
  await task().execute();
  expect(log).toHaveLength(3);
  expectTypeOf(undo).toEqualTypeOf<(() => void) & Disposable>();
});

test("dependencies that it asks for are its own, and outlive the handler's", async () => {
  const log: string[] = [];
  const client = newClient();
  let made = 0;
  const db = depends(function* () {
    const id = ++made;
    yield id;
    log.push(`commit ${id}`);
  });
  const task = client.task("t", { deps: { db }, run: (_: undefined, deps) => deps.db });
  const asking: Middleware = async (delivery, next) => [await delivery.use(db), await next(), await delivery.use(db)];
  client.use(asking);
  client.use(async ({ use }, next) => [await use(db), await next()]);
  expect(await task().execute()).toEqual([1, [1, 2], 1]);
  expect(log).toEqual(["commit 2", "commit 1"]);
});

const traced = tracingChannel<object, object>("cloudtask-test");
const { then, finally: settledBy } = Promise.prototype;

test.each<[string, Middleware]>([
  ["traces it", (_, next) => traced.tracePromise(next)],
  ["calls a method of promises", (_, next) => then.call(next(), (result) => result)],
  ["calls another one", (_, next) => settledBy.call(next(), () => undefined)],
  ["awaits it", async (_, next) => await next()],
  ["returns it", (_, next) => next()],
  ["returns it from an async function", async (_, next) => next()],
  ["races it", (_, next) => Promise.race([next(), new Promise(() => undefined)])],
  ["waits for all", async (_, next) => (await Promise.all([next()]))[0]],
  ["hands it on", (_, next) => Promise.resolve(next())],
])("where a middleware %s, it gets the result, and has seen a failure", async (_, look) => {
  const nobody = (): void => undefined;
  const subscriber = { start: nobody, end: nobody, asyncStart: nobody, asyncEnd: nobody, error: nobody };
  traced.subscribe(subscriber);
  onTestFinished(() => traced.unsubscribe(subscriber));
  const client = newClient();
  const works = client.task("works", async () => "done");
  const fails = client.task("fails", () => Promise.reject(new Error("boom")));
  client.use(async (delivery, next) => {
    try {
      return await look(delivery, next);
    } catch {
      return "rescued";
    }
  });
  expect([await works().execute(), await fails().execute()]).toEqual(["done", "rescued"]);
});

test("what next() returns is a promise as any other", async () => {
  const client = newClient();
  client.use((_, next) => {
    const running = next();
    return running.then((result) => [running instanceof Promise, result]);
  });
  expect(
    await client
      .task("t", () => "done")()
      .execute(),
  ).toEqual([true, "done"]);
});

test.each<[string, Middleware]>([
  ["returns at once", (_, next) => void next()],
  ["goes on with something else", (_, next) => [next(), Promise.resolve()][1]],
  [
    "goes on for longer than the handler",
    async (_, next) => {
      next();
      await new Promise((resolve) => setImmediate(resolve));
    },
  ],
  ["races the handler and wins", (_, next) => Promise.race([next(), "first"])],
])("where a middleware %s without seeing it, a failure still counts", async (_, middleware) => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const client = newClient();
  const task = client.task("t", async () => {
    await Promise.resolve();
    throw new Error("boom");
  });
  client.use(middleware);
  await expect(task().execute()).rejects.toThrow("boom");
  await new Promise((resolve) => setImmediate(resolve));
  process.removeListener("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test("a middleware that throws while the handler runs fails the delivery, after the teardown", async () => {
  const log: string[] = [];
  const client = newClient();
  const db = depends(function* () {
    yield "db";
    log.push("commit");
  });
  const task = client.task("t", { deps: { db }, run: () => new Promise((resolve) => setImmediate(resolve)) });
  client.use((_, next) => {
    void next();
    throw new Error("too slow");
  });
  await expect(
    task()
      .execute()
      .finally(() => log.push("answered")),
  ).rejects.toThrow("too slow");
  expect(log).toEqual(["commit", "answered"]);
});

test.each<[string, Middleware, string]>([
  ["twice", async (_, next) => [await next(), await next()], "called next() twice, and a delivery is run once"],
  ["twice at once", (_, next) => Promise.all([next(), next()]), "called next() twice"],
])("next() called %s is an error that names the task", async (_, middleware, message) => {
  const client = newClient();
  const run = vi.fn();
  const task = client.task("charge", run);
  client.use(middleware);
  const error = await failureOf(task().execute());
  expect([error.name, error.message]).toEqual(["TypeError", expect.stringContaining(message)]);
  expect(error.message).toContain('"charge"');
  expect(run).toHaveBeenCalledOnce();
});

test("next() called after the middleware had returned is an error, and runs nothing", async () => {
  const client = newClient();
  const run = vi.fn();
  let late: Next = () => expect.unreachable();
  client.use((_, next) => {
    late = next;
  });
  expect(await client.task("t", run)().execute()).toBeUndefined();
  expect(() => late()).toThrow("called next() after it had returned; await what comes before that");
  expect(run).not.toHaveBeenCalled();
});

test.each([undefined, null, {}, "log"])("%j is no middleware", (given) => {
  expect(() => newClient().use(given as never)).toThrow(/client\.use\(\): expected a function \(delivery, next\) => …/);
});

test("what a definition has around its runs stands within the client's middleware", async () => {
  const log: string[] = [];
  const client = newClient();
  const task = client.task("t", () => log.push("run"));
  const { tasks } = registryOf(client);
  Object.assign(tasks.get("t") as TaskRecord, { around: [logging(log, "first"), logging(log, "second")] });
  client.use(logging(log, "client's"));
  await task().execute();
  expect(log).toEqual(["> client's", "> first", "> second", "run", "< second", "< first", "< client's"]);
});

test("a middleware is typed", () => {
  const client = newClient();
  client.use((delivery, next) => {
    expectTypeOf(delivery).toEqualTypeOf<Delivery>();
    expectTypeOf(next).toEqualTypeOf<() => Promise<unknown>>();
    return next();
  });
});
