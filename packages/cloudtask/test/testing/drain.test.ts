import { expect, test } from "vitest";
import { RetryAfterError } from "../../src/index.ts";
import { TasksFailedError } from "../../src/testing/testing.ts";
import { failureOf } from "../support/failure.ts";
import { NOON, openShop } from "../support/shop.ts";

test("drain() runs tasks in the order of their due times, and moves the clock to each", async () => {
  const { client, tasks } = openShop();
  const seen: [string, number, number][] = [];
  const note = client.task("note", (what: string, { delivery }) => {
    seen.push([what, tasks.now.getTime() - NOON, delivery.scheduledAt.getTime() - NOON]);
  });
  await note("third").push({ delay: "1h" });
  await note("first").push();
  await note("fourth").push({ at: new Date(NOON + 3_600_000) });
  await note("second").push({ delay: "1m" });
  const deliveries = await tasks.drain();
  expect(seen).toEqual([
    ["first", 0, 0],
    ["second", 60_000, 60_000],
    ["third", 3_600_000, 3_600_000],
    ["fourth", 3_600_000, 3_600_000],
  ]);
  expect(deliveries.map(({ payload, outcome }) => `${payload}: ${outcome}`)).toEqual(
    seen.map(([what]) => `${what}: success`),
  );
  expect([tasks.waiting(), await tasks.drain()]).toEqual([[], []]);
});

test("drain() also runs tasks that handlers push, relative to the time of the push", async () => {
  const { client, tasks } = openShop();
  const seen: string[] = [];
  const count = client.task("count", async (left: number) => {
    seen.push(`${left} at ${(tasks.now.getTime() - NOON) / 1000}s`);
    if (left > 0) await count(left - 1).push({ delay: "10s" });
  });
  await count(2).push({ delay: "5s" });
  expect(await tasks.drain()).toHaveLength(3);
  expect(seen).toEqual(["2 at 5s", "1 at 15s", "0 at 25s"]);
});

test("drain() waits for pushes that the code does not await", async () => {
  const { client, tasks, tick } = openShop();
  const hasty = client.task("hasty", () => void tick().push());
  void hasty().push();
  expect((await tasks.drain()).map(({ task }) => task)).toEqual(["hasty", "tick"]);
  expect(tasks.waiting()).toEqual([]);
});

test("a retry waits until the time of a RetryAfterError", async () => {
  const { client, tasks } = openShop();
  const later = client.task("later", (_: undefined, { delivery }) => {
    if (delivery.attempt === 1) throw new RetryAfterError(new Date(NOON + 600_000));
  });
  await later().push();
  expect(await tasks.advance("9m", { attempts: 2 })).toHaveLength(1);
  expect(await tasks.advance("1m", { attempts: 2 })).toMatchObject([{ outcome: "success" }]);
});

test("a failed or discarded task makes drain() reject, after the other tasks have run", async () => {
  const { tasks, client, fail, sendMail, mailbox } = openShop();
  const once = client.task("once", {
    retry: { maxAttempts: 1 },
    run: () => Promise.reject(new RangeError("no stock")),
  });
  await fail("card declined").push();
  await once().push();
  await sendMail({ to: "ada@example.com" }).push();
  const failure = await failureOf<TasksFailedError>(tasks.drain());
  expect(failure).toBeInstanceOf(TasksFailedError);
  expect(failure.message).toBe(
    "tasks.drain(): not all tasks succeeded (failed or discarded: 2, deliveries: 3):\n" +
      '  "fail" "card declined" (attempt 1: error): card declined\n' +
      '  "once" without a payload (attempt 1: discarded, max-attempts): no stock\n' +
      "If the test expects this, pass { allowFailures: true } and check the returned deliveries.",
  );
  expect(failure.cause).toMatchObject({ message: "card declined" });
  expect(failure.errors).toEqual([failure.cause, expect.any(RangeError)]);
  expect(failure.failed.map(({ outcome }) => outcome)).toEqual(["error", "discarded"]);
  expect([failure.deliveries.length, mailbox.length, tasks.waiting().length]).toEqual([3, 1, 0]);
});

test("the message lists the first failures and counts the others", async () => {
  const { client, tasks, fail } = openShop();
  await client.pushMany(Array.from({ length: 7 }, (_, index) => fail(`failure ${index}`)));
  const { message } = await failureOf(tasks.drain());
  expect(message).toContain("failed or discarded: 7, deliveries: 7");
  expect(message).toContain("failure 4");
  expect(message).not.toContain("failure 5");
  expect(message).toContain("and 2 more");
});

test("allowFailures returns failed deliveries instead of rejecting", async () => {
  const { tasks, fail } = openShop();
  await fail("card declined").push();
  expect(await tasks.drain({ allowFailures: true })).toMatchObject([
    { task: "fail", outcome: "error", error: { message: "card declined" }, response: { status: 500 } },
  ]);
  expect(tasks.waiting()).toEqual([]);
});

test("a task without a handler in this process fails with that reason", async () => {
  const { tasks, chargeCard } = openShop();
  await chargeCard({ orderId: 1 }).push();
  expect((await failureOf(tasks.drain())).message).toContain(
    '"charge-card" is declared but has no handler in this process',
  );
});

test("attempts follow the default backoff, and each receives the counters of the earlier ones", async () => {
  const { client, tasks } = openShop();
  const seen: object[] = [];
  const flaky = client.task("flaky", (_: undefined, { delivery }) => {
    const { attempt, retryCount, executionCount, previousResponse } = delivery;
    seen.push({ attempt, retryCount, executionCount, previousResponse, ms: tasks.now.getTime() - NOON });
    if (attempt < 4) throw new Error("not yet");
  });
  await flaky().push();
  const deliveries = await tasks.drain({ attempts: 4 });
  expect(deliveries.map(({ outcome }) => outcome)).toEqual(["error", "error", "error", "success"]);
  expect(seen).toEqual([
    { attempt: 1, retryCount: 0, executionCount: 0, previousResponse: undefined, ms: 0 },
    { attempt: 2, retryCount: 1, executionCount: 0, previousResponse: 500, ms: 100 },
    { attempt: 3, retryCount: 2, executionCount: 0, previousResponse: 500, ms: 300 },
    { attempt: 4, retryCount: 3, executionCount: 0, previousResponse: 500, ms: 700 },
  ]);
});

test("a retry waits for the delay of a RetryAfterError", async () => {
  const { client, tasks } = openShop();
  const later = client.task("later", (_: undefined, { delivery }) => {
    if (delivery.attempt === 1) throw new RetryAfterError("10m");
  });
  await later().push();
  await tasks.drain({ attempts: 2 });
  expect(tasks.now.getTime() - NOON).toBe(600_000);
});

test.each([
  [1, 5, 1, "discarded"],
  [3, 5, 3, "discarded"],
  [5, 2, 2, "error"],
] as const)(
  "maxAttempts of %i and attempts of %i make %i deliveries, the last %s",
  async (maxAttempts, attempts, made, last) => {
    const { client, tasks } = openShop();
    const broken = client.task("broken", { retry: { maxAttempts }, run: () => Promise.reject(new Error("boom")) });
    await broken().push();
    const deliveries = await tasks.drain({ attempts, allowFailures: true });
    expect([deliveries.length, deliveries.at(-1)?.outcome]).toEqual([made, last]);
    expect(tasks.waiting()).toEqual([]);
  },
);

test("a 404 does not count towards maxAttempts", async () => {
  const { client, tasks, chargeCard } = openShop();
  const counts: number[] = [];
  await chargeCard({ orderId: 1 }).push();
  const [push] = tasks.pushed(chargeCard);
  expect.assert(push);
  expect((await tasks.deliver(push)).response.status).toBe(404);
  using _ = client.handle(chargeCard, (_, { delivery }) => counts.push(delivery.attempt, delivery.executionCount));
  await tasks.drain();
  expect(counts).toEqual([2, 1]);
});

test("a task that pushes itself endlessly ends with an error", async () => {
  const { client, tasks } = openShop();
  const forever = client.task(
    "forever",
    async (round: number) => void (await forever(round + 1).push({ delay: "1d" })),
  );
  await forever(0).push();
  expect((await failureOf(tasks.drain({ limit: 3 }))).message).toBe(
    'tasks.drain(): stopped after 3 deliveries, with 1 still waiting; the next one is {"task":"forever","payload":3}. ' +
      "A task may be pushing itself endlessly. If so many deliveries are expected, raise `limit`.",
  );
  expect((await failureOf(tasks.drain())).message).toContain("stopped after 1000 deliveries");
});

test.each<[string, object, RegExp]>([
  ["an unknown option", { attempt: 2 }, /did you mean "attempts"/],
  ["0 attempts", { attempts: 0 }, /attempts must be a positive integer, received 0/],
  ["a limit of 0", { limit: 0 }, /limit must be a positive integer, received 0/],
  ["a string for allowFailures", { allowFailures: "no" }, /allowFailures must be true or false/],
])("%s is rejected", async (_, options, message) => {
  expect((await failureOf(openShop().tasks.drain(options))).message).toMatch(message);
});

test("thousands of tasks with different times run in order, and each delay counts from its push", async () => {
  const { client, tasks } = openShop();
  const seen: number[] = [];
  const note = client.task("note", (second: number) => void seen.push(second));
  const seconds = Array.from({ length: 3_000 }, (_, index) => (index * 7_919) % 3_000);
  await Promise.all(seconds.map((second) => note(second).push({ delay: second * 1000 })));
  await tasks.drain({ limit: seconds.length });
  expect(seen).toEqual(seconds.toSorted((a, b) => a - b));
});
