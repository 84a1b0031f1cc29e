import { expect, test } from "vitest";
import { z } from "zod";
import { apiServer, clientOf, taskAt } from "../support/api-server.ts";
import { startClockedScene } from "../support/clocked-scene.ts";
import { failureOf } from "../support/failure.ts";
import { refusedPush } from "../support/refused-push.ts";

test("the same payload pushed again creates nothing while its name is taken, and another payload does", async () => {
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

test("two definitions do not meet, nor do a task by its payload and one by its name", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const [one, other] = ["one", "other"].map((name) => client.task(name, (_: string) => undefined));
  await one?.("x").push({ dedupe: true });
  await other?.("x").push({ dedupe: true });
  await one?.("x").push({ name: '["dedupe","one"]' });
  expect(new Set(api.requests.map((_, index) => taskAt(api, index).name)).size).toBe(3);
  expect(taskAt(api).name).toMatch(/\/tasks\/[0-9a-f]{32}-dedupe-one$/);
});

test("what counts is what is sent: the schema's input, or the serializer's text", async () => {
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
  const names = api.requests.map((_, index) => taskAt(api, index).name);
  expect(names[1]).toBe(names[0]);
  expect(new Set(names).size).toBe(3);
});

test("pushMany dedupes, by its own option or the definition's", async () => {
  const { client, emulator } = await startClockedScene();
  const seen: unknown[] = [];
  const task = client.task("t", (payload: number) => void seen.push(payload));
  const pushed = await client.pushMany([1, 2, 1, 1].map(task), { push: { dedupe: true }, concurrency: 1 });
  await emulator.idle();
  expect(pushed.map(({ result }) => result.deduplicated)).toEqual([false, false, true, true]);
  expect(seen).toEqual([1, 2]);
});

const window = { key: "k", window: "1m" };

test.each<[string, Record<string, unknown>, string]>([
  ["a name and dedupe", { name: "n", dedupe: true }, 'pushing "t": name and dedupe exclude each other'],
  ["a name and throttle", { name: "n", throttle: window }, "name and throttle exclude each other"],
  ["a name and debounce", { name: "n", debounce: window }, "name and debounce exclude each other"],
  ["dedupe and throttle", { dedupe: true, throttle: window }, "dedupe and throttle exclude each other"],
  ["throttle and debounce", { throttle: window, debounce: window }, "throttle and debounce exclude each other"],
  ["throttle and a delay", { throttle: window, delay: "1m" }, "the window of throttle decides when it runs"],
  ["debounce and a moment", { debounce: window, at: new Date() }, "the window of debounce decides when it runs"],
  ["dedupe in words", { dedupe: "yes" }, 'dedupe must be true, false or { window: "10m" }, received string'],
  ["an unknown part of dedupe", { dedupe: { ttl: "1m" } }, 'dedupe: unknown option "ttl"'],
  ["throttle in words", { throttle: "1m" }, 'throttle must be false or { key: "user-123", window: "1m" }'],
  ["an unknown part of throttle", { throttle: { ...window, every: 1 } }, 'throttle: unknown option "every"'],
  ["an empty key", { throttle: { key: "", window: "1m" } }, "the key of throttle must be a string that is not empty"],
  [
    "no key",
    { debounce: { window: "1m" } },
    "the key of debounce must be a string that is not empty, received undefined",
  ],
  ["no window", { throttle: { key: "k" } }, "the window of throttle: expected a duration"],
  ["a window too short", { throttle: { key: "k", window: "999ms" } }, 'must be 1s to 720h, received "999ms"'],
  ["a window too long", { throttle: { key: "k", window: "31d" } }, 'must be 1s to 720h, received "31d"'],
  ["a debounce too long", { debounce: { key: "k", window: "16d" } }, 'must be 1s to 360h, received "16d"'],
  ["a dedupe too long", { dedupe: { window: "31d" } }, 'the window of dedupe must be 1s to 720h, received "31d"'],
])("%s is refused before anything is sent", async (_, options, message) => {
  const { error, sent } = await refusedPush(options);
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(message);
  expect(sent).toBe(0);
});

test.each<[string, Record<string, unknown>]>([
  ["dedupe", { dedupe: true }],
  ["throttle", { throttle: window }],
  ["debounce", { debounce: window }],
])("what the definition says of %s stands, until the push lifts it", async (kind, settings) => {
  const api = await apiServer();
  const client = clientOf(api);
  const task = client.task("t", { ...settings, run: () => undefined });
  const named = task();
  named.name = "n";
  const error = await failureOf(named.push());
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(`name and ${kind} exclude each other`);
  expect(error.message).toContain(`\`${kind}: false\` lifts that`);
  await named.push({ [kind]: false });
  await task().push({ [kind]: false });
  await task().push();
  const names = api.requests.filter(({ method }) => method === "POST").map((_, index) => taskAt(api, index).name);
  expect(names).toEqual([expect.stringMatching(/-n$/), undefined, expect.stringContaining(`-${kind}-`)]);
});

test("a definition with two ways to name its tasks is refused", () => {
  const define = () =>
    clientOf(undefined).task("t", { dedupe: true, debounce: { key: "k", window: "1m" }, run: () => 1 });
  expect(define).toThrow('client.task("t"): dedupe and debounce exclude each other');
});
