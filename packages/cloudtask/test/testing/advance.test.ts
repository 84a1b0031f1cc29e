import { expect, test, vi } from "vitest";
import { testClient } from "../../src/testing/testing.ts";
import { failureOf } from "../support/failure.ts";
import { NOON, openShop } from "../support/shop.ts";

const ada = { to: "ada@example.com" };

test("advance() moves the clock and runs the tasks that become due", async () => {
  const { tasks, sendMail, mailbox } = openShop();
  await sendMail(ada).push({ delay: "1h" });
  await sendMail({ to: "bob@example.com" }).push({ delay: "2h" });
  expect(await tasks.advance("59m")).toEqual([]);
  expect(await tasks.advance("1m")).toMatchObject([{ payload: ada, scheduledAt: new Date(NOON + 3_600_000) }]);
  expect(mailbox).toEqual(["ada@example.com"]);
  expect(tasks.now).toEqual(new Date(NOON + 3_600_000));
  expect(await tasks.advance(0)).toEqual([]);
});

test("advance() also runs tasks that handlers push, if they become due", async () => {
  const { client, tasks } = openShop();
  const daily = client.task("daily", async (day: number) => void (await daily(day + 1).push({ delay: "1d" })));
  await daily(1).push();
  expect(await tasks.advance("3d")).toHaveLength(4);
  expect(tasks.waiting(daily)).toMatchObject([{ payload: 5 }]);
});

test("a failed task makes advance() reject, after the clock has moved", async () => {
  const { tasks, fail } = openShop();
  await fail("boom").push({ delay: "1m" });
  expect((await failureOf(tasks.advance("1h"))).message).toMatch(
    /^tasks\.advance\(\): not all tasks succeeded \(failed or discarded: 1, deliveries: 1\)/,
  );
  expect(tasks.now).toEqual(new Date(NOON + 3_600_000));
});

test("retries that are not due yet run at a later advance()", async () => {
  const { tasks, fail } = openShop();
  await fail("boom").push();
  expect(await tasks.advance("150ms", { attempts: 3 })).toHaveLength(2);
  expect(tasks.waiting(fail)).toHaveLength(1);
  expect(await tasks.advance("1s", { attempts: 3, allowFailures: true })).toMatchObject([{ attempt: 3 }]);
});

test.each(["1 hour", -1, Number.NaN])("advance(%j) is rejected", async (by) => {
  expect((await failureOf(openShop().tasks.advance(by as never))).message).toMatch(
    /tasks\.advance\(\): expected a duration/,
  );
});

test("the clock starts at the current time by default, and stands still", async () => {
  const { client, tasks } = openShop();
  tasks.close();
  const before = Date.now();
  using present = testClient(client);
  expect(present.now.getTime()).toBeGreaterThanOrEqual(before);
  expect(present.now.getTime()).toBeLessThanOrEqual(Date.now());
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  expect(Math.abs(present.now.getTime() - before)).toBeLessThan(60_000);
  vi.useRealTimers();
});

test("Date.now() does not change, unless onTimeChange sets it", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  const { client, tasks } = openShop();
  const times: number[] = [];
  const note = client.task("note", () => void times.push(Date.now() - NOON));
  await note().push({ delay: "1h" });
  await tasks.drain();
  tasks.close();
  using synchronized = testClient(client, { onTimeChange: (now) => vi.setSystemTime(now) });
  await note().push({ at: new Date(Date.now() + 60_000) });
  await synchronized.drain();
  await synchronized.advance("1h");
  expect([...times, Date.now() - NOON]).toEqual([0, 60_000, 3_660_000]);
  vi.useRealTimers();
});

test("reset() deletes pushes, tasks, names and simulated failures, and resets the clock", async () => {
  const changes: Date[] = [];
  const { tasks, sendMail, tick } = openShop({ test: { onTimeChange: (now) => changes.push(now) } });
  await sendMail(ada).push({ name: "n" });
  await tick().push();
  await tasks.advance("1h");
  tasks.failNextPush();
  tasks.reset();
  tasks.reset();
  expect([tasks.pushed(), tasks.waiting(), await tasks.drain(), tasks.now]).toEqual([[], [], [], new Date(NOON)]);
  expect((await sendMail(ada).push({ name: "n" })).deduplicated).toBe(false);
  expect(changes).toEqual([new Date(NOON + 3_600_000), new Date(NOON)]);
});

test("execute() uses the clock of the test client", async () => {
  const { client, tasks } = openShop();
  const show = client.task("show", (_: undefined, { delivery }) => delivery.scheduledAt);
  await tasks.advance("1h");
  expect(await show().execute()).toEqual(new Date(NOON + 3_600_000));
});
