import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { apiServer, clientOf, tasksOf } from "../support/api-server.ts";
import { START, startClockedScene } from "../support/clocked-scene.ts";
import { failureOf } from "../support/failure.ts";

test("many pushes of a key in one window cause one run, at the end of the window", async () => {
  const { client, now, advance } = await startClockedScene();
  const runs: string[] = [];
  const sync = client.task("sync", {
    run: (user: string) => void runs.push(`${now() - START} ${user}`),
    throttle: { key: (user) => user, window: "1m" },
  });
  const results = [];
  for (const [user, wait] of [
    ["ada", "0s"],
    ["ada", "10s"],
    ["bob", "0s"],
    ["ada", "40s"],
    ["ada", "11s"],
    ["ada", "5s"],
  ] as const) {
    await advance(wait);
    results.push(await sync(user).push());
  }
  await advance("10m");
  expect(results.map(({ deduplicated }) => deduplicated)).toEqual([false, true, false, true, false, true]);
  expect(results.map(({ scheduleTime }) => (scheduleTime.getTime() - START) / 1000)).toEqual([
    60, 60, 60, 60, 120, 120,
  ]);
  expect(runs.toSorted()).toEqual(["120000 ada", "60000 ada", "60000 bob"]);
});

test("a push just before the end of a window counts for the next one, because clocks can be seconds behind", async () => {
  const { client, now, advance } = await startClockedScene();
  const runs: number[] = [];
  const task = client.task("t", { throttle: { key: "k", window: "1m" }, run: () => void runs.push(now() - START) });
  const push = () => task().push();
  await push();
  await advance("54.999s");
  expect((await push()).deduplicated).toBe(true);
  await advance("1ms");
  expect((await push()).deduplicated).toBe(false);
  await advance("10m");
  expect(runs).toEqual([60_000, 120_000]);
});

test("with clocks up to 5 s behind or ahead, a run follows every push, and each window has at most one run", async () => {
  const { client, emulator, now, advance } = await startClockedScene();
  let runs: number[] = [];
  const task = client.task("t", { throttle: { key: "k", window: "1m" }, run: () => void runs.push(now()) });
  const step = fc.record({
    waitMs: fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.constantFrom(0, 1, 54_999, 55_000, 59_999, 60_000)),
    skewMs: fc.constantFrom(0, -5_000, -4_999, -1, 1, 5_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
      await emulator.reset();
      runs = [];
      const pushed: number[] = [];
      for (const { waitMs, skewMs } of steps) {
        await advance(waitMs);
        pushed.push(now());
        vi.setSystemTime(now() + skewMs);
        await task().push();
        vi.setSystemTime(now());
      }
      await advance("5m");
      expect(pushed.every((atMs) => runs.some((runMs) => runMs > atMs && runMs <= atMs + 70_000))).toBe(true);
      expect(runs.every((runMs, index) => runMs % 60_000 === 0 && runs.indexOf(runMs) === index)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("different windows, keys and definitions have different tasks", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const keys = { key: (key: string) => key, window: "1m" } as const;
  const one = client.task("one", { throttle: keys, run: (_: string) => 1 });
  const other = client.task("other", { throttle: keys, run: (_: string) => 1 });
  const longer = clientOf(api).task("one", { throttle: { ...keys, window: "2m" }, run: (_: string) => 1 });
  await client.pushMany(
    [one, other].flatMap((task) => ["a", "b", "a"].map(task)),
    { concurrency: 1 },
  );
  await longer("a").push();
  const names = new Set(tasksOf(api).map(({ name = "" }) => name.replace(/^.*\/tasks\//, "")));
  expect(names.size).toBe(5);
  // pushMany() prepares tasks at the same time, so the first call may be that of any task.
  const readable = [...names].map((name) => name.replace(/^[0-9a-f]{32}-/, ""));
  expect(new Set(readable)).toEqual(new Set(["throttle-a", "throttle-b"]));
});

test("the longest window is the longest schedule time of Cloud Tasks", async () => {
  const { client, advance } = await startClockedScene();
  const task = client.task("t", { throttle: { key: "k", window: "30d" }, run: () => undefined });
  await expect(task().push()).resolves.toMatchObject({ deduplicated: false });
  await advance("29d");
  await expect(task().push()).resolves.toHaveProperty("scheduleTime");
});

test("a key function that returns no key or throws fails the push", async () => {
  const client = clientOf(await apiServer());
  const none = client.task("none", {
    run: (_: { id?: string }) => 1,
    throttle: { key: ({ id }) => id as string, window: "1m" },
  });
  expect((await failureOf(none({}).push())).message).toContain("`throttle.key` must be a non-empty string");
  const broken = client.task("broken", {
    throttle: {
      key: () => {
        throw new Error("no key");
      },
      window: "1m",
    },
    run: () => 1,
  });
  await expect(broken().push()).rejects.toThrow("no key");
});

test("in eager mode, each push runs at once", async () => {
  let runs = 0;
  const client = clientOf(undefined, { eager: "immediate" });
  const task = client.task("t", { throttle: { key: "k", window: "1m" }, run: () => void runs++ });
  await task().push();
  await task().push();
  expect(runs).toBe(2);
});
