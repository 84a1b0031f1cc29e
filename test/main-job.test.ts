import { depends, NonRetriableError } from "cloudtask";
import { expect, test } from "vitest";
import { z } from "zod";
import { startTestEnvironment } from "./support/test-environment.ts";

test("a pushed task is delivered once, with its dependencies", async () => {
  await using environment = await startTestEnvironment();
  const log: unknown[] = [];
  const db = depends(async function* () {
    log.push("begin");
    yield { orders: new Map([[500, "paid"]]) };
    log.push("commit");
  });
  const orders = depends({ db }, ({ db: session }) => ({ find: (id: number) => session.orders.get(id) }));
  const process = environment.client.task("process-order", {
    input: z.object({ orderId: z.number(), due: z.coerce.date() }),
    deps: { orders },
    run: async ({ orderId, due }, deps) => {
      log.push([deps.orders.find(orderId), due, deps.delivery.attempt, deps.delivery.queue]);
    },
  });
  const due = new Date("2030-01-01T00:00:00Z");
  const { id, name } = await process({ orderId: 500, due }).push();
  await environment.emulator.idle();
  expect(log).toEqual(["begin", ["paid", due, 1, "default"], "commit"]);
  expect(environment.finishedAttempts).toMatchObject([{ task: name, status: 200, attempt: 1 }]);
  expect(name).toBe(`${environment.emulator.queues[0]}/tasks/${id}`);
});

test("pushMany() of 1,000 tasks delivers each exactly once", async () => {
  await using environment = await startTestEnvironment({ queue: { rate: 500, burst: 500 } });
  const seen: number[] = [];
  const count = environment.client.task("count", (index: number) => void seen.push(index));
  const progress: number[] = [];
  const tasks = Array.from({ length: 1_000 }, (_, index) => count(index));
  const results = await environment.client.pushMany(tasks, { onProgress: ({ done }) => progress.push(done) });
  await environment.emulator.idle();
  expect(results.every(({ status }) => status === "pushed")).toBe(true);
  expect(progress.at(-1)).toBe(1_000);
  expect(seen.toSorted((a, b) => a - b)).toEqual(tasks.map((_, index) => index));
});

test("a delayed task runs at its scheduled time", async () => {
  await using environment = await startTestEnvironment();
  const seen: number[] = [];
  const remind = environment.client.task(
    "remind",
    (_: undefined, { delivery }) => void seen.push(delivery.scheduledAt.getTime()),
  );
  const { scheduleTime } = await remind().push({ delay: "1h" });
  await environment.emulator.idle();
  expect(seen).toEqual([]);
  await environment.emulator.advance("1h");
  expect(seen).toEqual([scheduleTime.getTime()]);
});

test("a named task that is pushed again is delivered once, even after it has run", async () => {
  await using environment = await startTestEnvironment();
  const seen: string[] = [];
  const welcome = environment.client.task("welcome", (user: string) => void seen.push(user));
  const first = await welcome("ada").push({ name: "welcome ada" });
  const second = await welcome("ada").push({ name: "welcome ada" });
  await environment.emulator.idle();
  const third = await welcome("ada").push({ name: "welcome ada" });
  await environment.emulator.idle();
  expect([first, second, third].map(({ deduplicated }) => deduplicated)).toEqual([false, true, true]);
  expect(new Set([first, second, third].map(({ name }) => name)).size).toBe(1);
  expect(seen).toEqual(["ada"]);
});

test("a task that fails twice is retried with the queue's backoff and then succeeds", async () => {
  await using environment = await startTestEnvironment({
    queue: { retry: { maxAttempts: 5, minBackoff: "10s", maxBackoff: "1m" } },
  });
  const attempts: unknown[] = [];
  const flaky = environment.client.task("flaky", (_: undefined, { delivery }) => {
    attempts.push([delivery.attempt, delivery.executionCount, delivery.previousResponse]);
    if (delivery.attempt < 3) throw new Error("not yet");
  });
  await flaky().push();
  await environment.emulator.idle();
  await environment.emulator.advance("10s");
  expect(attempts).toHaveLength(2);
  await environment.emulator.advance("20s");
  expect(attempts).toEqual([
    [1, 0, undefined],
    [2, 0, 500],
    [3, 0, 500],
  ]);
});

test("a NonRetriableError discards the task without a retry and calls onDiscard", async () => {
  const dead: unknown[] = [];
  await using environment = await startTestEnvironment({
    queue: { retry: { maxAttempts: 5 } },
    client: { onDiscard: ({ payload, reason, error }) => dead.push([payload, reason, (error as Error).message]) },
  });
  const charge = environment.client.task("charge", async (order: { id: number }) => {
    throw new NonRetriableError(`order ${order.id} does not exist`);
  });
  await charge({ id: 7 }).push();
  await environment.emulator.idle();
  expect(dead).toEqual([[{ id: 7 }, "non-retriable", "order 7 does not exist"]]);
  expect(environment.finishedAttempts.map(({ status }) => status)).toEqual([200]);
});

test("forceToQueue also moves named tasks and deduplicates them there", async () => {
  await using environment = await startTestEnvironment({ client: { forceToQueue: "default" } });
  const seen: string[] = [];
  const task = environment.client.task("task", { queue: "elsewhere", run: (text: string) => void seen.push(text) });
  const first = await task("x").push({ name: "only once", queue: "yet-another" });
  const second = await task("x").push({ name: "only once" });
  await environment.emulator.idle();
  expect([first.queue, first.deduplicated, second.deduplicated, seen]).toEqual(["default", false, true, ["x"]]);
});

test("a task that was deleted before it was due is never delivered", async () => {
  await using environment = await startTestEnvironment();
  const seen: string[] = [];
  const task = environment.client.task("task", (text: string) => void seen.push(text));
  const pushed = await task("x").push({ delay: "1m" });
  expect(await environment.client.deleteTask(pushed)).toBe(true);
  expect(await environment.client.deleteTask(pushed)).toBe(false);
  await environment.emulator.advance("2m");
  expect(seen).toEqual([]);
});

test("a worker at maxConcurrency rejects deliveries without using up attempts", async () => {
  const queue = { retry: { maxAttempts: 100, minBackoff: "10ms", maxBackoff: "50ms" } };
  await using environment = await startTestEnvironment({ queue, worker: { maxConcurrency: 1 } });
  const runs = new Map<number, number>();
  const once = environment.client.task("once", {
    retry: { maxAttempts: 1 },
    run: async (index: number) => {
      runs.set(index, (runs.get(index) ?? 0) + 1);
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  await environment.client.pushMany(Array.from({ length: 20 }, (_, index) => once(index)));
  await environment.emulator.advance("5m");
  expect([...runs.values()]).toEqual(Array.from({ length: 20 }, () => 1));
});
