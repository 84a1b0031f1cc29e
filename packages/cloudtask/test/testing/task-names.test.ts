import { expect, test } from "vitest";
import { DeferredPushError, PushManyError, type PushOptions } from "../../src/index.ts";
import { failureOf } from "../support/failure.ts";
import { openShop } from "../support/shop.ts";

const ada = { to: "ada@example.com" };

const once: readonly (readonly [string, PushOptions])[] = [
  ["name", { name: "welcome-ada" }],
  ["dedupe", { dedupe: true }],
  ["dedupe with a window", { dedupe: { window: "1h" } }],
];

test.each(once)("a second push with the same %s is deduplicated", async (_, options) => {
  const { tasks, sendMail } = openShop();
  const results = [await sendMail(ada).push(options), await sendMail(ada).push(options)];
  expect(results.map(({ deduplicated }) => deduplicated)).toEqual([false, true]);
  expect(tasks.pushed(sendMail).map(({ deduplicated }) => deduplicated)).toEqual([false, true]);
  expect(tasks.waiting(sendMail)).toHaveLength(1);
});

test.each(["delivered", "deleted"] as const)("the name of a %s task stays taken for an hour", async (how) => {
  const { client, tasks, tick } = openShop();
  const push = (): Promise<boolean> =>
    tick()
      .push({ name: "n" })
      .then(({ deduplicated }) => deduplicated);
  const end = { delivered: () => tasks.drain(), deleted: () => client.deleteTask(tasks.pushed()[0]?.name ?? "") };
  await push();
  await end[how]();
  const atOnce = await push();
  await tasks.advance("59m");
  const soon = await push();
  await tasks.advance("1m");
  expect([atOnce, soon, await push()]).toEqual([true, true, false]);
  expect(tasks.waiting()).toHaveLength(1);
});

test("a throttled task waits until the end of its window, by the test client's clock", async () => {
  const { client, tasks } = openShop();
  const reindex = client.task("reindex", { throttle: { key: "k", window: "1m" }, run: () => undefined });
  await reindex().push();
  await tasks.advance("20s");
  await reindex().push();
  expect(tasks.waiting().map(({ delayMs }) => delayMs)).toEqual([60_000]);
  await tasks.advance("1m");
  await reindex().push();
  expect(tasks.pushed().map(({ deduplicated }) => deduplicated)).toEqual([false, true, false]);
});

test("a debounced task is replaced by the task of the next window", async () => {
  const { client, tasks } = openShop();
  const synced: string[] = [];
  const sync = client.task("sync", { debounce: { key: "k", window: "1m" }, run: (id: string) => void synced.push(id) });
  await sync("ada").push();
  await tasks.advance("1m");
  await sync("bob").push();
  expect(tasks.pushed()).toHaveLength(2);
  expect(tasks.waiting(sync)).toMatchObject([{ payload: "bob" }]);
  await tasks.advance("2m");
  expect(synced).toEqual(["bob"]);
});

test("a deleted task does not run, and deleting it again returns false", async () => {
  const { client, tasks, sendMail } = openShop();
  const pushed = await sendMail(ada).push({ delay: "7d" });
  expect([await client.deleteTask(pushed), await client.deleteTask(pushed)]).toEqual([true, false]);
  expect(tasks.pushed(sendMail)).toHaveLength(1);
  expect(await tasks.drain()).toEqual([]);
});

test("with idempotent, every task gets a unique name", async () => {
  const { tasks, tick } = openShop({ client: { idempotent: true } });
  await tick().push();
  await tick().push();
  expect(new Set(tasks.pushed().map(({ id }) => id)).size).toBe(2);
  expect(tasks.pushed()).toMatchObject([{ id: expect.stringMatching(/^[\da-f-]{36}$/) }, { deduplicated: false }]);
});

test("pushMany() records each push", async () => {
  const { client, tasks, sendMail } = openShop();
  await client.pushMany([sendMail(ada), sendMail({ to: "bob@example.com" })], { push: { delay: "1h" } });
  expect(tasks.pushed(sendMail).map(({ payload, delayMs }) => [payload.to, delayMs])).toEqual([
    ["ada@example.com", 3_600_000],
    ["bob@example.com", 3_600_000],
  ]);
});

test("a push inside client.deferPushes() is recorded after the callback succeeds, with the announced name", async () => {
  const { client, tasks, sendMail } = openShop();
  const deferred = await client.deferPushes(async () => {
    const result = await sendMail(ada).push();
    expect(tasks.pushed()).toEqual([]);
    return result;
  });
  expect(deferred.deferred).toBe(true);
  expect(tasks.pushed()).toMatchObject([{ id: deferred.id, name: deferred.name }]);
  await expect(
    client.deferPushes(() =>
      sendMail(ada)
        .push()
        .then(() => Promise.reject(new Error("rolled back"))),
    ),
  ).rejects.toThrow();
  expect(tasks.pushed()).toHaveLength(1);
});

test("a handler with deferPushes that is retried pushes once", async () => {
  const { client, tasks, sendMail } = openShop();
  let attempts = 0;
  const signUp = client.task("sign-up", {
    deferPushes: true,
    run: async () => {
      await sendMail(ada).push();
      attempts += 1;
      if (attempts === 1) throw new Error("database is down");
    },
  });
  await signUp().push();
  await tasks.drain({ attempts: 2 });
  expect(tasks.pushed(sendMail)).toHaveLength(1);
});

test("failNextPush() makes one push fail per call, and failed pushes are not recorded", async () => {
  const { tasks, tick } = openShop();
  tasks.failNextPush();
  tasks.failNextPush("RESOURCE_EXHAUSTED");
  tasks.failNextPush(new RangeError("own"));
  expect(await failureOf(tick().push())).toMatchObject({ code: "NETWORK_ERROR" });
  expect(await failureOf(tick().push())).toMatchObject({
    code: "API_ERROR",
    status: "RESOURCE_EXHAUSTED",
    httpStatus: 429,
  });
  expect(await failureOf(tick().push())).toBeInstanceOf(RangeError);
  expect(tasks.pushed()).toEqual([]);
  await tick().push();
  expect(tasks.pushed()).toHaveLength(1);
  expect(() => tasks.failNextPush("LOST" as never)).toThrow(/a google.rpc code such as "UNAVAILABLE", received LOST/);
});

test("simulated failures reach pushMany() and deferPushes(), whose retry() then succeeds", async () => {
  const { client, tasks, tick } = openShop();
  tasks.failNextPush();
  expect(await failureOf(client.pushMany([tick(), tick()]))).toMatchObject({ constructor: PushManyError, failed: 1 });
  tasks.failNextPush();
  const failure = await failureOf<DeferredPushError>(client.deferPushes(() => tick().push()));
  expect(failure).toBeInstanceOf(DeferredPushError);
  await failure.retry();
  expect(tasks.waiting(tick)).toHaveLength(2);
});

test("a retried push whose name was already taken is deduplicated", async () => {
  const { client, tasks, tick } = openShop();
  await tick().push({ name: "m", delay: "1h" });
  await tasks.advance("10s");
  tasks.failNextPush();
  const failure = await failureOf<DeferredPushError>(client.deferPushes(() => tick().push({ name: "m" })));
  expect(await failure.retry()).toMatchObject([{ result: { deduplicated: true } }]);
});

test("a push whose signal was aborted is not recorded", async () => {
  const { tasks, tick } = openShop();
  expect(await failureOf(tick().push({ signal: AbortSignal.abort() }))).toMatchObject({ code: "ABORTED" });
  expect(tasks.pushed()).toEqual([]);
});
