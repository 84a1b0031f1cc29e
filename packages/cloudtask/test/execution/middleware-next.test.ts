import { tracingChannel } from "node:diagnostics_channel";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { CloudTaskClient, depends, type Middleware, type Next } from "../../src/index.ts";

const newClient = (): CloudTaskClient => new CloudTaskClient({ url: "http://worker.test/" });

function watchUnhandledRejections() {
  const listener = vi.fn();
  process.on("unhandledRejection", listener);
  onTestFinished(() => void process.removeListener("unhandledRejection", listener));
  return listener;
}

const channel = tracingChannel<object, object>("cloudtask-test");
const { then, finally: onSettled } = Promise.prototype;

const WAYS_TO_AWAIT: readonly (readonly [string, Middleware])[] = [
  ["awaits next()", async (_, next) => await next()],
  ["returns next()", (_, next) => next()],
  ["returns next() from an async function", async (_, next) => next()],
  ["wraps next() in Promise.resolve()", (_, next) => Promise.resolve(next())],
  ["wraps next() in Promise.all()", async (_, next) => (await Promise.all([next()]))[0]],
  ["races next() against a promise that never settles", (_, next) => Promise.race([next(), new Promise(() => {})])],
  ["calls Promise.prototype.then on next()", (_, next) => then.call(next(), (result) => result)],
  ["calls Promise.prototype.finally on next()", (_, next) => onSettled.call(next(), () => undefined)],
  ["traces next() with a tracingChannel", (_, next) => channel.tracePromise(next)],
];

/** A tracing channel without a subscriber calls the function directly. */
function subscribeToChannel(): void {
  const ignore = (): void => undefined;
  const subscriber = { start: ignore, end: ignore, asyncStart: ignore, asyncEnd: ignore, error: ignore };
  channel.subscribe(subscriber);
  onTestFinished(() => channel.unsubscribe(subscriber));
}

test.each(WAYS_TO_AWAIT)("a middleware that %s gets the handler's result", async (_, middleware) => {
  subscribeToChannel();
  const client = newClient();
  const sendEmail = client.task("send-email", async () => "sent");
  client.use(middleware);
  expect(await sendEmail().execute()).toBe("sent");
});

test.each(WAYS_TO_AWAIT)("a middleware that %s can catch the handler's error", async (_, middleware) => {
  subscribeToChannel();
  const client = newClient();
  const sendEmail = client.task("send-email", () => Promise.reject(new Error("mailbox full")));
  client.use(async (delivery, next) => {
    try {
      return await middleware(delivery, next);
    } catch {
      return "skipped";
    }
  });
  expect(await sendEmail().execute()).toBe("skipped");
});

test("next() returns a native promise", async () => {
  const client = newClient();
  const sendEmail = client.task("send-email", () => "sent");
  const returned: unknown[] = [];
  client.use((_, next) => {
    const result = next();
    returned.push(Object.getPrototypeOf(result));
    return result;
  });
  await sendEmail().execute();
  expect(returned).toEqual([Promise.prototype]);
});

const RETURNS_TOO_EARLY: readonly (readonly [string, Middleware])[] = [
  ["does not await next()", (_, next) => void next()],
  ["awaits another promise", (_, next) => [next(), Promise.resolve()][1]],
  ["races next() against a value", (_, next) => Promise.race([next(), "first"])],
];

test.each(RETURNS_TOO_EARLY)("a middleware that %s cannot hide an error that follows", async (_, middleware) => {
  const unhandled = watchUnhandledRejections();
  const client = newClient();
  const sendEmail = client.task("send-email", async () => {
    await nextTurn();
    throw new Error("mailbox full");
  });
  client.use(middleware);
  await expect(sendEmail().execute()).rejects.toThrow("mailbox full");
  await nextTurn();
  expect(unhandled).not.toHaveBeenCalled();
});

test.each(RETURNS_TOO_EARLY)(
  "a middleware that %s does not end the delivery before the handler",
  async (_, middleware) => {
    const log: string[] = [];
    const client = newClient();
    const sendEmail = client.task("send-email", async () => {
      await nextTurn();
      log.push("sent");
    });
    client.use(middleware);
    await sendEmail().execute();
    expect(log).toEqual(["sent"]);
  },
);

test("the result of a middleware counts if it returns after the handler failed, awaited or not", async () => {
  const unhandled = watchUnhandledRejections();
  const client = newClient();
  const sendEmail = client.task("send-email", () => Promise.reject(new Error("mailbox full")));
  client.use(async (_, next) => {
    void next();
    await nextTurn();
    return "skipped";
  });
  expect(await sendEmail().execute()).toBe("skipped");
  await nextTurn();
  expect(unhandled).not.toHaveBeenCalled();
});

test("a middleware that throws while the handler runs fails the delivery after the teardown", async () => {
  const log: string[] = [];
  const client = newClient();
  const getDb = depends(function* () {
    yield "db";
    log.push("commit");
  });
  const saveOrder = client.task("save-order", { deps: { db: getDb }, run: () => nextTurn() });
  client.use((_, next) => {
    void next();
    throw new Error("too slow");
  });
  await expect(saveOrder().execute()).rejects.toThrow("too slow");
  expect(log).toEqual(["commit"]);
});

test("the error of a middleware counts if the handler fails after it", async () => {
  const client = newClient();
  const saveOrder = client.task("save-order", async () => {
    await nextTurn();
    throw new Error("database is down");
  });
  client.use((_, next) => {
    void next();
    throw new Error("too slow");
  });
  await expect(saveOrder().execute()).rejects.toThrow("too slow");
});

test.each<[string, Middleware]>([
  ["one after the other", async (_, next) => [await next(), await next()]],
  ["at once", (_, next) => Promise.all([next(), next()])],
])("calling next() twice, %s, is a TypeError that names the task, and runs the handler once", async (_, middleware) => {
  const client = newClient();
  const run = vi.fn();
  const chargeCard = client.task("charge-card", run);
  client.use(middleware);
  await expect(chargeCard().execute()).rejects.toThrow(
    new TypeError(
      "a middleware of client.use() called next() twice; a delivery runs its task once " +
        '(task definition "charge-card")',
    ),
  );
  expect(run).toHaveBeenCalledOnce();
});

test("a middleware that does not call next() skips the handler", async () => {
  const client = newClient();
  const run = vi.fn();
  const chargeCard = client.task("charge-card", run);
  client.use(() => "maintenance");
  expect(await chargeCard().execute()).toBe("maintenance");
  expect(run).not.toHaveBeenCalled();
});

test("calling next() after the middleware returned is a TypeError, and the handler does not run", async () => {
  const client = newClient();
  const run = vi.fn();
  const chargeCard = client.task("charge-card", run);
  let late: Next = () => expect.unreachable();
  client.use((_, next) => {
    late = next;
  });
  expect(await chargeCard().execute()).toBeUndefined();
  expect(() => late()).toThrow(
    new TypeError(
      "a middleware of client.use() called next() after it had returned; await all work before returning " +
        '(task definition "charge-card")',
    ),
  );
  expect(run).not.toHaveBeenCalled();
});
