import { AsyncLocalStorage } from "node:async_hooks";
import { expect, expectTypeOf, test } from "vitest";
import { registryOf, type TaskRecord } from "../../src/execution/registry.ts";
import { CloudTaskClient, createWorker, type Delivery, depends, type Middleware } from "../../src/index.ts";
import { clientOf } from "../support/api-server.ts";
import { deliveryOf } from "../support/deliveries.ts";
import { failureOf } from "../support/failure.ts";

const newClient = (): CloudTaskClient => new CloudTaskClient({ url: "http://worker.test/" });

/** A middleware that logs when it begins and when it ends. */
function logging(log: string[], name: string): Middleware {
  return async (_, next) => {
    log.push(`${name} begins`);
    const result = await next();
    log.push(`${name} ends`);
    return result;
  };
}

/** A client with a task that logs each step of its run. */
function loggingScene() {
  const log: string[] = [];
  const client = clientOf(undefined, { eager: "immediate", onSuccess: () => log.push("onSuccess") });
  const getDb = depends(function* () {
    log.push("connect");
    yield "db";
    log.push("commit");
  });
  const saveOrder = client.task("save-order", { deps: { db: getDb }, run: () => log.push("run") });
  return { log, client, saveOrder };
}

const ORDER = ["outer begins", "inner begins", "connect", "run", "commit", "inner ends", "outer ends", "onSuccess"];

test("a worker runs a task within its middleware: the first is the outermost, and the commit is inside", async () => {
  const { log, client } = loggingScene();
  client.use(logging(log, "outer"));
  client.use(logging(log, "inner"));
  await createWorker(client, { allowUnauthenticated: true }).fetch(deliveryOf({ task: "save-order" }));
  expect(log).toEqual(ORDER);
});

test("execute() runs a task within the same middleware", async () => {
  const { log, client, saveOrder } = loggingScene();
  client.use(logging(log, "outer"));
  client.use(logging(log, "inner"));
  await saveOrder().execute();
  expect(log).toEqual(ORDER);
});

test('with eager: "immediate", push() runs a task within the same middleware', async () => {
  const { log, client, saveOrder } = loggingScene();
  client.use(logging(log, "outer"));
  client.use(logging(log, "inner"));
  await saveOrder().push();
  expect(log).toEqual(ORDER);
});

test("a middleware sees the delivery and the handler's result, and its return value is the result", async () => {
  const client = newClient();
  const measure = client.task("measure", (size: number) => size * 2);
  client.use(async (delivery, next) => ({ task: delivery.task, attempt: delivery.attempt, result: await next() }));
  expect(await measure(7).execute()).toEqual({ task: "measure", attempt: 1, result: 14 });
});

test("an AsyncLocalStorage that a middleware sets is visible in dependencies, handler and teardown", async () => {
  const current = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const client = newClient();
  const getDb = depends(async function* () {
    seen.push(current.getStore());
    yield "db";
    await Promise.resolve();
    seen.push(current.getStore());
  });
  const saveOrder = client.task("save-order", {
    deps: { db: getDb },
    run: async () => void seen.push(current.getStore()),
  });
  client.use((delivery, next) => current.run(delivery.task, next));
  await saveOrder().execute();
  expect(seen).toEqual(["save-order", "save-order", "save-order"]);
});

test("next() rejects with the very error that the handler threw", async () => {
  const client = newClient();
  const error = new Error("card declined");
  const chargeCard = client.task("charge-card", () => Promise.reject(error));
  const caught: unknown[] = [];
  client.use(async (_, next) => {
    try {
      return await next();
    } catch (error) {
      caught.push(error);
      throw error;
    }
  });
  expect(await failureOf(chargeCard().execute())).toBe(error);
  expect(caught).toEqual([error]);
});

test("next() rejects with the TeardownError of a commit that failed", async () => {
  const client = newClient();
  const getDb = depends(function* () {
    yield "db";
    throw new Error("commit failed");
  });
  const saveOrder = client.task("save-order", { deps: { db: getDb }, run: () => "done" });
  const caught: unknown[] = [];
  client.use(async (_, next) => {
    try {
      return await next();
    } catch (error) {
      caught.push(error);
      throw error;
    }
  });
  const failure = await failureOf(saveOrder().execute());
  expect(failure).toMatchObject({ code: "TEARDOWN_FAILED", cause: new Error("commit failed") });
  expect(caught).toEqual([failure]);
});

test("use() returns a function that removes the middleware; a running delivery keeps it", async () => {
  const log: string[] = [];
  const client = newClient();
  const sendEmail = client.task("send-email", () => remove());
  const remove = client.use(logging(log, "logging"));
  await sendEmail().execute();
  expect(log).toEqual(["logging begins", "logging ends"]);
  await sendEmail().execute();
  expect(log).toHaveLength(2);
});

test("a middleware that was registered twice is removed one registration at a time", async () => {
  const log: string[] = [];
  const client = newClient();
  const sendEmail = client.task("send-email", () => undefined);
  const layer = logging(log, "logging");
  const remove = client.use(layer);
  client.use(layer);
  remove();
  await sendEmail().execute();
  expect(log).toEqual(["logging begins", "logging ends"]);
});

test("a middleware declared with `using` is removed at the end of the block", async () => {
  const log: string[] = [];
  const client = newClient();
  const sendEmail = client.task("send-email", () => undefined);
  {
    using _ = client.use(logging(log, "logging"));
    await sendEmail().execute();
  }
  await sendEmail().execute();
  expect(log).toEqual(["logging begins", "logging ends"]);
});

test("delivery.use() gives a middleware an instance of its own, which outlives the handler's", async () => {
  const log: string[] = [];
  const client = newClient();
  let sessions = 0;
  const getSession = depends(function* () {
    const id = ++sessions;
    yield id;
    log.push(`close session ${id}`);
  });
  const saveOrder = client.task("save-order", {
    deps: { session: getSession },
    run: (_: undefined, { session }) => session,
  });
  client.use(async (delivery, next) => ({
    before: await delivery.use(getSession),
    handler: await next(),
    after: await delivery.use(getSession),
  }));
  expect(await saveOrder().execute()).toEqual({ before: 1, handler: 2, after: 1 });
  expect(log).toEqual(["close session 2", "close session 1"]);
});

test("all middleware of a delivery share the instances of delivery.use()", async () => {
  const client = newClient();
  let sessions = 0;
  const getSession = depends(() => ++sessions);
  const saveOrder = client.task("save-order", () => "saved");
  client.use(async ({ use }, next) => [await use(getSession), await next()]);
  client.use(async ({ use }, next) => [await use(getSession), await next()]);
  expect(await saveOrder().execute()).toEqual([1, [1, "saved"]]);
});

test.each([undefined, null, {}, "log"])("use(%j) is a TypeError", (middleware) => {
  expect(() => newClient().use(middleware as never)).toThrow(
    /client\.use\(\): expected a function \(delivery, next\) => …/,
  );
});

test("the middleware of a definition runs within the client's", async () => {
  const log: string[] = [];
  const client = newClient();
  const sendEmail = client.task("send-email", () => log.push("run"));
  const record = registryOf(client).tasks.get("send-email") as TaskRecord;
  Object.assign(record, { middleware: [logging(log, "first"), logging(log, "second")] });
  client.use(logging(log, "client"));
  await sendEmail().execute();
  expect(log).toEqual([
    "client begins",
    "first begins",
    "second begins",
    "run",
    "second ends",
    "first ends",
    "client ends",
  ]);
});

test("use() types the delivery, next() and the function that removes the middleware", () => {
  const client = newClient();
  const remove = client.use((delivery, next) => {
    expectTypeOf(delivery).toEqualTypeOf<Delivery>();
    expectTypeOf(next).toEqualTypeOf<() => Promise<unknown>>();
    return next();
  });
  expectTypeOf(remove).toEqualTypeOf<(() => void) & Disposable>();
});
