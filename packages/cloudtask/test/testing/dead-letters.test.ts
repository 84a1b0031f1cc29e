import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { CloudTaskClient, NonRetriableError } from "../../src/index.ts";
import { type RecordedDeadLetter, testClient } from "../../src/testing/testing.ts";
import { NOON } from "../support/shop.ts";

function openShop() {
  const client = new CloudTaskClient({ url: "https://shop.test/tasks/run", deadLetter: "dead", secret: "s3cret-key" });
  const input = z.object({ orderId: z.coerce.string<number>() });
  const charge = client.task("charge", {
    input,
    queue: "payments",
    retry: { maxAttempts: 2, minBackoff: "1m" },
    run: () => Promise.reject(new Error("card declined")),
  });
  const refund = client.task("refund", {
    deadLetter: "refunds-dead",
    run: (_: { orderId: number }) => Promise.reject(new NonRetriableError("no such order")),
  });
  return { client, charge, refund };
}

test("a discarded task is recorded as a dead letter, not as a push", async () => {
  const { client, charge, refund } = openShop();
  using tasks = testClient(client, { now: NOON });
  const { id } = await charge({ orderId: 1 }).push();
  await refund({ orderId: 2 }).push();
  await tasks.drain({ allowFailures: true, attempts: 5 });
  expect(tasks.deadLetters(charge)).toEqual([
    {
      task: "charge",
      payload: { orderId: 1 },
      reason: "max-attempts",
      message: "card declined",
      attempts: 2,
      firstAt: new Date(NOON),
      lastAt: new Date(NOON + 60_000),
      homeQueue: "payments",
      originalId: id,
      queue: "dead",
      id: expect.stringMatching(/-dead-charge$/),
    },
  ]);
  expect(tasks.deadLetters().map(({ queue, reason }) => [queue, reason])).toEqual([
    ["refunds-dead", "non-retriable"],
    ["dead", "max-attempts"],
  ]);
  expectTypeOf(tasks.deadLetters(refund)).toEqualTypeOf<readonly RecordedDeadLetter<{ orderId: number }>[]>();
  expect(tasks.pushed().map(({ task }) => task)).toEqual(["charge", "refund"]);
  expect(tasks.waiting()).toEqual([]);
});

test("dead letters are not delivered by drain() or advance(), and reset() deletes them", async () => {
  const { client, refund } = openShop();
  using tasks = testClient(client);
  await refund({ orderId: 2 }).push();
  await tasks.drain({ allowFailures: true });
  expect(await tasks.advance("40d")).toEqual([]);
  expect(tasks.deadLetters()).toHaveLength(1);
  tasks.reset();
  expect(tasks.deadLetters()).toEqual([]);
});

test("a task that is discarded twice has one dead letter", async () => {
  const { client, refund } = openShop();
  using tasks = testClient(client);
  await refund({ orderId: 2 }).push();
  const [push = expect.unreachable()] = tasks.pushed();
  for (const _ of [1, 2]) expect((await tasks.deliver(push)).outcome).toBe("discarded");
  expect(tasks.deadLetters()).toHaveLength(1);
});

test("failNextPush() does not affect dead letters", async () => {
  const { client, refund } = openShop();
  using tasks = testClient(client);
  tasks.failNextPush();
  expect((await tasks.deliver(refund({ orderId: 2 }))).outcome).toBe("discarded");
  await expect(refund({ orderId: 3 }).push()).rejects.toMatchObject({ code: "NETWORK_ERROR" });
});

test("a definition of another client is rejected", () => {
  using tasks = testClient(openShop().client);
  const other = new CloudTaskClient({ url: "https://other.test/" }).task("other", () => undefined);
  expect(() => tasks.deadLetters(other)).toThrow('the client under test defines no task "other"');
});
