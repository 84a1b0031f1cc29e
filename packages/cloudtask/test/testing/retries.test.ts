import { expect, test } from "vitest";
import type { RetrySettings } from "../../src/index.ts";
import { NOON, openShop } from "../support/shop.ts";

const failing = (): Promise<never> => Promise.reject(new Error("boom"));

test.each<[RetrySettings, number[]]>([
  [{ minBackoff: "10s", maxBackoff: "300s", maxDoublings: 3 }, [0, 10, 30, 70, 150, 310, 550, 850]],
  [{ minBackoff: "1s", maxBackoff: "7s", maxDoublings: 1, maxAttempts: 5 }, [0, 1, 3, 7, 13]],
  [{ minBackoff: "20s", maxBackoff: "20s", maxRetryDuration: "50s" }, [0, 20, 40, 60]],
  [{ minBackoff: "20s", maxBackoff: "20s", maxRetryDuration: "50s", maxAttempts: 2 }, [0, 20, 40, 60]],
  [{ minBackoff: "20s", maxBackoff: "20s", maxRetryDuration: "50s", maxAttempts: 5 }, [0, 20, 40, 60, 80]],
  [{ minBackoff: "20s", maxBackoff: "20s", maxAttempts: -1 }, [0, 20, 40, 60, 80, 100, 120, 140]],
])("with %j the attempts of a drained task are %j seconds after the first one", async (retry, seconds) => {
  const { client, tasks } = openShop();
  const task = client.task("broken", { retry, run: failing });
  await task().push();
  const deliveries = await tasks.drain({ attempts: 8, allowFailures: true });
  expect(deliveries.map(({ scheduledAt }) => (scheduledAt.getTime() - NOON) / 1000)).toEqual(seconds);
  expect(deliveries.at(-1)?.outcome).toBe(seconds.length < 8 ? "discarded" : "error");
});

test("a recorded push states its retry settings, those of the definition and the client included", async () => {
  const { client, tasks } = openShop({ client: { retry: { maxDoublings: 4, maxAttempts: 9 } } });
  const task = client.task("broken", { retry: { minBackoff: "5s", maxAttempts: 8 }, run: failing });
  await task().push({ retry: { maxAttempts: 2 } });
  expect(tasks.pushed(task)).toMatchObject([{ retry: { maxAttempts: 2, minBackoff: 5_000, maxDoublings: 4 } }]);
});

test("deliver() of a task that was not pushed follows the retry settings of the call", async () => {
  const { client, tasks } = openShop();
  const seen: unknown[] = [];
  const task = client.task("look", (_: undefined, { delivery }) => void seen.push(delivery.isLastAttempt));
  for (const maxAttempts of [1, 2, 3]) await tasks.deliver(task(), { attempt: 2, retry: { maxAttempts } });
  await tasks.deliver(task(), { attempt: 2 });
  expect(seen).toEqual([true, true, false, undefined]);
});

test("a task that Cloud Tasks would drop is no longer waiting", async () => {
  const { client, tasks } = openShop();
  const declared = client.declare("elsewhere", { retry: { maxAttempts: 1, minBackoff: "1h", maxBackoff: "1h" } });
  await declared().push();
  const deliveries = await tasks.drain({ attempts: 500, allowFailures: true });
  expect([deliveries.length, deliveries.at(-1)?.outcome, tasks.waiting().length]).toEqual([101, "unknown-task", 0]);
});
