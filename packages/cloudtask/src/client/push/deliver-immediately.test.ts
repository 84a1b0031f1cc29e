import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { clientOf } from "../../../test/support/api-server.ts";
import { failureOf } from "../../../test/support/failure.ts";
import {
  type ClientOptions,
  depends,
  NonRetriableError,
  PayloadInvalidError,
  type RetrySettings,
} from "../../index.ts";

const eagerly = (options: Partial<ClientOptions> = {}) => clientOf(undefined, { eager: "immediate", ...options });

afterEach(() => {
  vi.useRealTimers();
});

test("a push runs the handler with its dependencies, and tears them down before it resolves", async () => {
  const log: string[] = [];
  const getDb = depends(async function* () {
    log.push("open");
    yield "db";
    log.push("commit");
  });
  const getOrders = depends({ db: getDb }, ({ db }) => `orders of ${db}`);
  const task = eagerly().task("t", {
    deps: { orders: getOrders, db: getDb },
    run: async (id: number, { orders, db }) => {
      log.push(`run ${id} with ${orders} and ${db}`);
    },
  });
  await task(7).push();
  log.push("pushed");
  expect(log).toEqual(["open", "run 7 with orders of db and db", "commit", "pushed"]);
});

test("the payload passes through JSON and the schema: the handler receives a copy", async () => {
  const given = { due: new Date("2030-01-01T00:00:00Z"), tags: ["a"] };
  let received: typeof given | undefined;
  const input = z.object({ due: z.coerce.date<Date>(), tags: z.array(z.string()) });
  const task = eagerly().task("t", {
    input,
    run: (payload) => {
      received = payload;
    },
  });
  await task(given).push();
  expect(received).toEqual(given);
  expect(received?.tags).not.toBe(given.tags);
});

test("a push that production would reject is rejected", async () => {
  const client = eagerly();
  const lossy = client.task("lossy", (_: unknown) => expect.unreachable());
  const strict = client.task("strict", { input: z.number(), run: () => expect.unreachable() });
  await expect(lossy({ due: new Date() }).push()).rejects.toMatchObject({ path: "payload.due" });
  await expect(strict("1" as unknown as number).push()).rejects.toThrow(PayloadInvalidError);
  await expect(lossy(1).push({ delay: "31d" })).rejects.toMatchObject({ limit: "schedule-time" });
  await expect(lossy("x".repeat(1_100_000)).push()).rejects.toMatchObject({ limit: "task-size" });
});

test("the result has the shape of a real push result", async () => {
  const now = new Date("2030-01-01T00:00:00Z");
  vi.useFakeTimers({ toFake: ["Date"], now });
  const task = eagerly({ queue: "high" }).task("t", () => "ignored");
  const unnamed = await task().push();
  expect(unnamed).toEqual({
    name: `projects/p/locations/l/queues/high/tasks/${unnamed.id}`,
    id: expect.stringMatching(/^\d{1,20}$/),
    queue: "high",
    scheduleTime: now,
    deduplicated: false,
  });
  const named = await task().push({ name: "user-1", delay: "1h" });
  expect(named).toEqual({
    name: `projects/p/locations/l/queues/high/tasks/${named.id}`,
    id: expect.stringMatching(/^[0-9a-f]{16}-user-1$/),
    queue: "high",
    scheduleTime: new Date("2030-01-01T01:00:00Z"),
    deduplicated: false,
  });
});

test("the handler receives a first delivery with the request that Cloud Tasks would send", async () => {
  const client = eagerly({ secret: "s3cret-key", forceToQueue: "staging" });
  const task = client.task("t", (_: number, { delivery }) => ({
    ...delivery,
    request: undefined,
    signal: undefined,
    url: delivery.request.url,
    headers: Object.fromEntries(delivery.request.headers),
    leftMs: delivery.deadline.getTime() - Date.now(),
  }));
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-01T00:00:00.250Z") });
  const seen = await task(1).execute();
  expect(seen).toMatchObject({
    task: "t",
    queue: "staging",
    attempt: 1,
    retryCount: 0,
    executionCount: 0,
    scheduledAt: new Date("2030-01-01T00:00:00.250Z"),
    previousResponse: undefined,
    retryReason: undefined,
    url: "https://worker.test/tasks/run",
    leftMs: 600_000,
  });
  // As in the worker, the request contains no secret, because a handler may log it.
  expect(seen.headers).not.toHaveProperty("x-cloudtask-secret");
  expect(seen.headers).toMatchObject({
    "content-type": "application/json",
    "cloudtask-name": "t",
    "x-cloudtasks-queuename": "staging",
    "x-cloudtasks-taskretrycount": "0",
    "x-cloudtasks-taskexecutioncount": "0",
    "x-cloudtasks-tasketa": "1893456000.25",
  });
});

test("the delivery and the result have the same id", async () => {
  const ids: string[] = [];
  const task = eagerly().task("t", (_: undefined, { delivery }) => {
    ids.push(delivery.id);
  });
  const pushed = [await task().push(), await task().push({ name: "user-1" })];
  expect(ids).toEqual(pushed.map(({ id }) => id));
});

test("push throws the handler's error, after the rollback and the hooks", async () => {
  const log: string[] = [];
  const broken = new Error("mail server is down");
  const getDb = depends(async function* () {
    try {
      yield "db";
      log.push("commit");
    } catch (error) {
      log.push("rollback");
      throw error;
    }
  });
  const task = eagerly({ onError: ({ error }) => log.push(`hook: ${(error as Error).message}`) }).task("t", {
    deps: { db: getDb },
    run: () => Promise.reject(broken),
  });
  expect(await failureOf(task().push())).toBe(broken);
  expect(log).toEqual(["rollback", "hook: mail server is down"]);
});

test.each<[string, Error, { readonly retry?: RetrySettings }, string]>([
  ["can never succeed", new NonRetriableError("no such order"), {}, "non-retriable"],
  ["has used up its attempts", new Error("again"), { retry: { maxAttempts: 1 } }, "max-attempts"],
])("a task that %s is discarded, and push throws the reason", async (_, error, settings, reason) => {
  const discarded: unknown[] = [];
  const client = eagerly({ onDiscard: (event) => discarded.push([event.reason, event.error, event.payload]) });
  const task = client.task("t", { ...settings, run: (_: number) => Promise.reject(error) });
  expect(await failureOf(task(7).push())).toBe(error);
  expect(discarded).toEqual([[reason, error, 7]]);
});

test("a failed commit fails the push", async () => {
  const getDb = depends(function* () {
    yield "db";
    throw new Error("could not commit");
  });
  const task = eagerly().task("t", { deps: { db: getDb }, run: () => "done" });
  await expect(task().push()).rejects.toMatchObject({ code: "TEARDOWN_FAILED", error: new Error("could not commit") });
});

test("an override replaces a dependency until it is restored", async () => {
  const getDb = depends(() => "real");
  const client = eagerly();
  const task = client.task("t", { deps: { db: getDb }, run: (_: undefined, { db }) => db });
  const restore = client.override(getDb, "fake");
  expect(await task().execute()).toBe("fake");
  restore();
  expect(await task().execute()).toBe("real");
});

test("execute() returns the handler's result in every mode, without network", async () => {
  const task = clientOf(undefined).task("sum", async (numbers: number[]) => numbers.reduce((a, b) => a + b, 0));
  expect(await task([1, 2, 3]).execute()).toBe(6);
});

test("a signal aborts the handler", async () => {
  const controller = new AbortController();
  const task = eagerly().task("t", (_: undefined, { delivery }) => {
    controller.abort(new Error("enough"));
    delivery.signal.throwIfAborted();
  });
  expect(await failureOf(task().push({ signal: controller.signal }))).toBe(controller.signal.reason);
});

test("many pushes with one signal cause no warning of a leak", async () => {
  const warned = vi.spyOn(process, "emitWarning");
  onTestFinished(() => warned.mockRestore());
  const client = eagerly();
  const task = client.task("t", (_: number) => Promise.resolve());
  await client.pushMany(
    Array.from({ length: 40 }, (_, id) => task(id)),
    { signal: new AbortController().signal },
  );
  expect(warned).not.toHaveBeenCalled();
});

test("pushMany runs the handlers in this process, a bounded number at once", async () => {
  let [open, peak] = [0, 0];
  const client = eagerly();
  const task = client.task("t", async (_: number) => {
    peak = Math.max(peak, ++open);
    await Promise.resolve();
    open--;
  });
  await client.pushMany([1, 2, 3, 4, 5, 6].map(task), { concurrency: 2 });
  expect(open).toBe(0);
  expect(peak).toBeLessThanOrEqual(2);
});

test("execute() accepts a signal, and rejects options of a push", async () => {
  const task = eagerly().task("t", () => 1);
  const executing = task().execute({ delay: "10m" } as object);
  await expect(executing).rejects.toThrow('executing "t": unknown option "delay"; the options are signal');
});
