import { afterEach, expect, test, vi } from "vitest";
import { CloudTaskClient, RetryAfterError } from "../../src/index.ts";
import { testClient } from "../../src/testing/testing.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Everything that Vitest can fake in its processes. The tests with sinon, in compat/, fake `nextTick` too. */
const ALL = [
  "Date",
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
  "clearImmediate",
  "queueMicrotask",
  "performance",
] as const;

test.each([
  ["the beginning of the epoch", 0],
  ["before the epoch", -86_400_000],
  ["1972", Date.UTC(1972, 0, 1)],
  ["today", Date.UTC(2026, 0, 1)],
  ["the year 9999", Date.UTC(9999, 0, 1)],
])("a test client works with a fake of everything, at %s", async (_, now) => {
  vi.useFakeTimers({ now, toFake: [...ALL] });
  const client = new CloudTaskClient({ url: "https://worker.test/" });
  const seen: unknown[] = [];
  const mail = client.task("mail", (to: string) => void seen.push(to));
  const welcome = client.task("welcome", {
    deferPushes: true,
    run: async (to: string) => void (await mail(to).push()),
  });
  const later = client.task("later", () => Promise.reject(new RetryAfterError("10m")));
  await using tasks = testClient(client);
  expect(tasks.now).toEqual(new Date(now));
  await welcome("ada").push({ name: "welcome-ada" });
  await welcome("bob").push({ at: Date.now() + 60_000 });
  await welcome("eve").push({ delay: "10m", name: "eve" });
  await tasks.advance("1h");
  expect(seen).toEqual(["ada", "bob", "eve"]);
  const { outcome, response } = await tasks.deliver(later());
  expect([outcome, response.headers.get("Retry-After")]).toEqual(["error", "600"]);
  expect(await response.json()).toMatchObject({ status: "error" });
});

test("a test client that is created before the clock is faked works too", async () => {
  const client = new CloudTaskClient({ url: "https://worker.test/" });
  const echo = client.task("echo", (text: string) => text);
  await using tasks = testClient(client);
  vi.useFakeTimers({ now: 0, toFake: [...ALL] });
  await echo("a").push();
  expect((await tasks.drain()).map(({ result }) => result)).toEqual(["a"]);
  expect(await (await tasks.deliver(echo("b"))).response.json()).toEqual({ status: "success", result: "b" });
});

test("the first run under a fake clock does not wait for an import", async () => {
  vi.useFakeTimers();
  const client = new CloudTaskClient({ url: "https://worker.test/" });
  const slow = client.task("slow", () => new Promise<string>((resolve) => setTimeout(resolve, 60_000, "done")));
  const running = slow().execute();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await running).toBe("done");
});
