import { expect, test } from "vitest";
import { z } from "zod";
import { apiServer, clientOf, taskAt, tasksOf } from "../support/api-server.ts";
import { startClockedScene } from "../support/clocked-scene.ts";
import { failureOf } from "../support/failure.ts";
import { rejectedPush } from "../support/rejected-push.ts";

test("the same payload creates nothing while its name is taken, and another payload creates a task", async () => {
  const { client, emulator, advance } = await startClockedScene();
  const seen: unknown[] = [];
  const index = client.task("index", {
    dedupe: true,
    run: (page: { id: number; by?: string }) => void seen.push(page),
  });
  const first = await index({ id: 1, by: "ada" }).push();
  const again = await index({ by: "ada", id: 1 }).push();
  const other = await index({ id: 2 }).push();
  await emulator.idle();
  const done = await index({ id: 1, by: "ada" }).push();
  await advance("1h");
  const forgotten = await index({ id: 1, by: "ada" }).push();
  await emulator.idle();
  expect([first, again, other, done, forgotten].map(({ deduplicated }) => deduplicated)).toEqual([
    false,
    true,
    false,
    true,
    false,
  ]);
  expect(again.name).toBe(first.name);
  expect(seen).toEqual([{ id: 1, by: "ada" }, { id: 2 }, { id: 1, by: "ada" }]);
});

test("with a window, the same payload is pushed once in each", async () => {
  const { client, advance } = await startClockedScene();
  const seen: unknown[] = [];
  const task = client.task("t", (payload: number) => void seen.push(payload));
  const results: boolean[] = [];
  for (const wait of ["0s", "9m", "59s", "1s", "9m"] as const) {
    await advance(wait);
    results.push((await task(7).push({ dedupe: { window: "10m" } })).deduplicated);
  }
  await advance("1m");
  expect(results).toEqual([false, true, true, false, true]);
  expect(seen).toEqual([7, 7]);
});

test("the names of two definitions differ, and so do names by payload and by `name`", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const [one, other] = ["one", "other"].map((name) => client.task(name, (_: string) => undefined));
  await one?.("x").push({ dedupe: true });
  await other?.("x").push({ dedupe: true });
  await one?.("x").push({ name: '["dedupe","one"]' });
  expect(new Set(tasksOf(api).map(({ name }) => name)).size).toBe(3);
  expect(taskAt(api).name).toMatch(/\/tasks\/[0-9a-f]{32}-dedupe-one$/);
});

test("the payload as it is sent counts: the schema's input, or the serializer's text", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const input = z.object({ id: z.number(), due: z.coerce.date().optional() });
  const task = client.task("t", { input, dedupe: true, run: () => undefined });
  const due = new Date(0);
  await task({ id: 1, due }).push();
  await task({ due: due.toISOString(), id: 1 }).push();
  await task({ id: 1, due: undefined }).push();
  const serializer = { stringify: String, parse: (text: string): unknown => text };
  await clientOf(api, { serializer })
    .task("t", { dedupe: true, run: (_: number) => undefined })(1)
    .push();
  const names = tasksOf(api).map(({ name }) => name);
  expect(names[1]).toBe(names[0]);
  expect(new Set(names).size).toBe(3);
});

test("pushMany dedupes, by its option or by the definition's", async () => {
  const { client, emulator } = await startClockedScene();
  const seen: unknown[] = [];
  const task = client.task("t", (payload: number) => void seen.push(payload));
  const pushed = await client.pushMany([1, 2, 1, 1].map(task), { push: { dedupe: true }, concurrency: 1 });
  await emulator.idle();
  expect(pushed.map(({ result }) => result.deduplicated)).toEqual([false, false, true, true]);
  expect(seen.toSorted()).toEqual([1, 2]);
});

const window = { key: "k", window: "1m" };

test.each<[string, Record<string, unknown>, string]>([
  ["a name and dedupe", { name: "n", dedupe: true }, 'pushing "t": `name` and `dedupe` cannot be combined'],
  ["dedupe in words", { dedupe: "yes" }, '`dedupe` must be true, false or { window: "10m" }, received string'],
  ["an unknown part of dedupe", { dedupe: { ttl: "1m" } }, 'dedupe: unknown option "ttl"'],
  ["a dedupe too long", { dedupe: { window: "31d" } }, '`dedupe.window` must be 1s to 720h, received "31d"'],
  ["throttle on a push", { throttle: window }, 'unknown option "throttle"'],
  ["debounce on a push", { debounce: window }, 'unknown option "debounce"'],
])("%s is rejected before anything is sent", async (_, options, message) => {
  const { error, sent } = await rejectedPush(options);
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(message);
  expect(sent).toBe(0);
});

test.each<[string, Record<string, unknown>, string]>([
  ["dedupe and throttle", { dedupe: true, throttle: window }, "`dedupe` and `throttle` cannot be combined"],
  ["dedupe and debounce", { dedupe: true, debounce: window }, "`dedupe` and `debounce` cannot be combined"],
  ["throttle and debounce", { throttle: window, debounce: window }, "`throttle` and `debounce` cannot be combined"],
  ["throttle in words", { throttle: "1m" }, '`throttle` must be { key: "user-123", window: "1m" }, received string'],
  ["no throttle", { throttle: false }, '`throttle` must be { key: "user-123", window: "1m" }, received boolean'],
  ["an unknown part of throttle", { throttle: { ...window, every: 1 } }, 'throttle: unknown option "every"'],
  ["an empty key", { throttle: { key: "", window: "1m" } }, '`throttle.key` must be a non-empty string, received ""'],
  ["no key", { debounce: { window: "1m" } }, "`debounce.key` must be a non-empty string, received undefined"],
  ["no window", { throttle: { key: "k" } }, "throttle.window: expected a duration"],
  ["a window too short", { throttle: { key: "k", window: "999ms" } }, 'must be 1s to 720h, received "999ms"'],
  ["a window too long", { throttle: { key: "k", window: "31d" } }, 'must be 1s to 720h, received "31d"'],
  ["a debounce too long", { debounce: { key: "k", window: "16d" } }, 'must be 1s to 360h, received "16d"'],
])("a definition with %s is rejected", (_, options, message) => {
  const define = (): unknown => clientOf(undefined).task("t", { ...options, run: () => 1 });
  expect(define).toThrow(TypeError);
  expect(define).toThrow(`client.task("t"): `);
  expect(define).toThrow(message);
});

test.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
  ["a delay", { throttle: window }, { delay: "1m" }, "`throttle` decides when the task runs; remove `at` and `delay`"],
  [
    "a date",
    { debounce: window },
    { at: new Date() },
    "`debounce` decides when the task runs; remove `at` and `delay`",
  ],
  ["dedupe", { throttle: window }, { dedupe: true }, "The definition sets `throttle`; remove `dedupe` from the push"],
  ["a name", { throttle: window }, { name: "n" }, "The definition sets `throttle`; remove `name` from the push"],
  ["a name", { debounce: window }, { name: "n" }, "The definition sets `debounce`; remove `name` from the push"],
  ["a name", { dedupe: true }, { name: "n" }, "The definition sets `dedupe`; pass `dedupe: false` to turn it off."],
])("a push with %s and a definition with %o cannot be combined", async (_, settings, options, message) => {
  const api = await apiServer();
  const task = clientOf(api).task("t", { ...settings, run: () => undefined });
  const error = await failureOf(task().push(options));
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(message);
  expect(api.requests).toEqual([]);
});

test("a definition's dedupe applies until a push turns it off", async () => {
  const api = await apiServer();
  const task = clientOf(api).task("t", { dedupe: true, run: () => undefined });
  const named = task();
  named.name = "n";
  await named.push({ dedupe: false });
  await task().push({ dedupe: false });
  await task().push({ dedupe: { window: "1h" } });
  await task().push();
  const names = tasksOf(api).map(({ name }) => name);
  const deduplicated = expect.stringContaining("-dedupe-");
  expect(names).toEqual([expect.stringMatching(/-n$/), undefined, deduplicated, deduplicated]);
  expect(names[2]).not.toBe(names[3]);
});
