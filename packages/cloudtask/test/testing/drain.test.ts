import { expect, test } from "vitest";
import { RetryAfterError } from "../../src/index.ts";
import { TasksFailedError } from "../../src/testing/testing.ts";
import { failureOf } from "../support/failure.ts";
import { NOON, openShop } from "../support/shop.ts";

test("drain() runs what was pushed in the order of its times, turning the clock to each", async () => {
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

test("drain() runs what handlers push, by the time at which they push it", async () => {
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

test("drain() waits for pushes that nobody awaited", async () => {
  const { client, tasks, tick } = openShop();
  const hasty = client.task("hasty", () => void tick().push());
  void hasty().push();
  expect((await tasks.drain()).map(({ task }) => task)).toEqual(["hasty", "tick"]);
  expect(tasks.waiting()).toEqual([]);
});

test("a RetryAfterError with a time is waited for", async () => {
  const { client, tasks } = openShop();
  const later = client.task("later", (_: undefined, { delivery }) => {
    if (delivery.attempt === 1) throw new RetryAfterError(new Date(NOON + 600_000));
  });
  await later().push();
  expect(await tasks.advance("9m", { attempts: 2 })).toHaveLength(1);
  expect(await tasks.advance("1m", { attempts: 2 })).toMatchObject([{ outcome: "success" }]);
});

test("a task that fails or is discarded makes drain() reject, once the rest have run", async () => {
  const { tasks, client, fail, sendMail, mailbox } = openShop();
  const once = client.task("once", { maxAttempts: 1, run: () => Promise.reject(new RangeError("given up")) });
  await fail("card declined").push();
  await once().push();
  await sendMail({ to: "ada@example.com" }).push();
  const failure = await failureOf<TasksFailedError>(tasks.drain());
  expect(failure).toBeInstanceOf(TasksFailedError);
  expect(failure.message).toBe(
    "tasks.drain(): not all tasks succeeded (failed or discarded: 2, deliveries: 3):\n" +
      '  "fail" "card declined" (attempt 1: error): card declined\n' +
      '  "once" without a payload (attempt 1: discarded, max-attempts): given up\n' +
      "If the test expects this, pass { allowFailures: true } and check the returned deliveries.",
  );
  expect(failure.cause).toMatchObject({ message: "card declined" });
  expect(failure.errors).toEqual([failure.cause, expect.any(RangeError)]);
  expect(failure.failed.map(({ outcome }) => outcome)).toEqual(["error", "discarded"]);
  expect([failure.deliveries.length, mailbox.length, tasks.waiting().length]).toEqual([3, 1, 0]);
});

test("a message tells of a few failures, and how many there are", async () => {
  const { client, tasks, fail } = openShop();
  await client.pushMany(Array.from({ length: 7 }, (_, index) => fail(`failure ${index}`)));
  const { message } = await failureOf(tasks.drain());
  expect(message).toContain("failed or discarded: 7, deliveries: 7");
  expect(message).toContain("failure 4");
  expect(message).not.toContain("failure 5");
  expect(message).toContain("and 2 more");
});

test("failures that are allowed are returned", async () => {
  const { tasks, fail } = openShop();
  await fail("card declined").push();
  expect(await tasks.drain({ allowFailures: true })).toMatchObject([
    { task: "fail", outcome: "error", error: { message: "card declined" }, response: { status: 500 } },
  ]);
  expect(tasks.waiting()).toEqual([]);
});

test("a task whose handler is in another process fails, and says so", async () => {
  const { tasks, chargeCard } = openShop();
  await chargeCard({ orderId: 1 }).push();
  expect((await failureOf(tasks.drain())).message).toContain(
    '"charge-card" is declared but has no handler in this process',
  );
});

test("attempts are made with the backoff of a queue, and each is told what came before", async () => {
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

test("a RetryAfterError is waited for", async () => {
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
    const broken = client.task("broken", { maxAttempts, run: () => Promise.reject(new Error("boom")) });
    await broken().push();
    const deliveries = await tasks.drain({ attempts, allowFailures: true });
    expect([deliveries.length, deliveries.at(-1)?.outcome]).toEqual([made, last]);
    expect(tasks.waiting()).toEqual([]);
  },
);

test("a refusal does not count towards maxAttempts", async () => {
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

test("a task that pushes itself for ever ends with an error", async () => {
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
  ["no attempt", { attempts: 0 }, /attempts must be a positive integer, received 0/],
  ["no delivery", { limit: 0 }, /limit must be a positive integer, received 0/],
  ["a string", { allowFailures: "no" }, /allowFailures must be true or false/],
])("%s is refused", async (_, options, message) => {
  expect((await failureOf(openShop().tasks.drain(options))).message).toMatch(message);
});
