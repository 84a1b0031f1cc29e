import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { TaskDefinition } from "../../src/index.ts";
import { apiServer, clientOf, created, refusal } from "../support/api-server.ts";
import { type ClockedScene, START, startClockedScene } from "../support/clocked-scene.ts";

const WINDOW = 60_000;
const PROPERTY = { numRuns: 60 };

/** A push of a key: the wait before it, and the clock error of the machine that pushes. */
interface Step {
  readonly waitMs: number;
  readonly key: string;
  readonly skewMs: number;
}

/** The times of the pushes and runs of one key, by the emulator's clock. */
interface Story {
  readonly pushed: readonly Pushed[];
  readonly ran: readonly number[];
}

interface Pushed {
  readonly atMs: number;
  readonly slot: number;
}

/** A definition that records its runs. */
function debouncedTask({ client, now }: ClockedScene) {
  const ran = new Map<string, number[]>();
  const task = client.task("t", {
    run: (key: string) => void ran.set(key, [...(ran.get(key) ?? []), now()]),
    debounce: { key: (key) => key, window: WINDOW },
  });
  return { task, ran };
}

/** Runs the steps, then waits until all tasks have run. */
async function play(
  scene: ClockedScene,
  { task, ran }: { readonly task: TaskDefinition<string, void>; readonly ran: Map<string, number[]> },
  steps: readonly Step[],
): Promise<readonly Story[]> {
  ran.clear();
  await scene.emulator.reset();
  const pushed = new Map<string, Pushed[]>();
  for (const { waitMs, key, skewMs } of steps) {
    await scene.advance(waitMs);
    const atMs = scene.now();
    vi.setSystemTime(atMs + skewMs);
    await task(key).push();
    pushed.set(key, [...(pushed.get(key) ?? []), { atMs, slot: Math.floor((atMs + skewMs) / WINDOW) }]);
    vi.setSystemTime(atMs);
  }
  await scene.advance(10 * WINDOW);
  return [...pushed].map(([key, pushes]) => ({ pushed: pushes, ran: ran.get(key) ?? [] }));
}

const steps = (skewMs: fc.Arbitrary<number>): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      // Often close to the length of a window, to test both sides of its end.
      waitMs: fc.oneof(
        fc.integer({ min: 0, max: 3 * WINDOW }),
        fc.constantFrom(0, 1, WINDOW - 1, WINDOW, WINDOW + 1, 2 * WINDOW),
      ),
      key: fc.constantFrom("a", "b"),
      skewMs,
    }),
    { minLength: 1, maxLength: 12 },
  );

/** The expected runs: for each slot without a push in the next slot, at the end of that next slot. */
function quietRuns({ pushed }: Story): number[] {
  const slots = new Set(pushed.map(({ slot }) => slot));
  return [...slots].filter((slot) => !slots.has(slot + 1)).map((slot) => (slot + 2) * WINDOW);
}

test("each time the pushes of a key pause, it runs once, one to two windows after the last push", async () => {
  const scene = await startClockedScene();
  const debounced = debouncedTask(scene);
  await fc.assert(
    fc.asyncProperty(steps(fc.constant(0)), async (played) => {
      for (const story of await play(scene, debounced, played)) {
        expect(story.ran).toEqual(quietRuns(story));
        const last = story.pushed.at(-1)?.atMs ?? 0;
        expect((story.ran.at(-1) ?? 0) - last).toBeGreaterThan(WINDOW);
        expect((story.ran.at(-1) ?? 0) - last).toBeLessThanOrEqual(2 * WINDOW);
      }
    }),
    PROPERTY,
  );
});

/** The guarantees that hold for any clock error and failed call. */
function expectKept({ pushed, ran }: Story): void {
  const last = Math.max(...pushed.map(({ atMs }) => atMs));
  expect(ran.some((atMs) => atMs > last)).toBe(true);
  expect(new Set(ran).size).toBe(ran.length);
  expect(ran.length).toBeLessThanOrEqual(new Set(pushed.map(({ slot }) => slot)).size);
}

test("with clocks up to a window apart, a run follows the last push, and there is at most one run per slot", async () => {
  const scene = await startClockedScene();
  const debounced = debouncedTask(scene);
  await fc.assert(
    fc.asyncProperty(steps(fc.constantFrom(0, -WINDOW + 1, WINDOW, 700, -5_000)), async (played) => {
      for (const story of await play(scene, debounced, played)) expectKept(story);
    }),
    PROPERTY,
  );
});

test("the same holds if half of the deletions fail", async () => {
  const scene = await startClockedScene();
  const debounced = debouncedTask(scene);
  await fc.assert(
    fc.asyncProperty(steps(fc.constant(0)), fc.integer(), async (played, seed) => {
      scene.emulator.faults.add({ on: "DeleteTask", drop: true, probability: 0.5, seed, times: "always" });
      for (const story of await play(scene, debounced, played)) expectKept(story);
    }),
    PROPERTY,
  );
});

test("the delivered payload is that of the first push in the last window", async () => {
  const { client, advance, emulator } = await startClockedScene();
  const seen: number[] = [];
  const task = client.task("t", {
    debounce: { key: "k", window: "1m" },
    run: (payload: number) => void seen.push(payload),
  });
  for (const payload of [1, 2, 3, 4, 5]) {
    await task(payload).push();
    await advance("25s");
  }
  await advance("10m");
  await emulator.idle();
  expect(seen).toEqual([4]);
});

test("a push during the run of the previous window's task is not lost", async () => {
  const { client, advance, now } = await startClockedScene();
  const ran: number[] = [];
  const task: TaskDefinition<boolean, void> = client.task("t", {
    debounce: { key: "k", window: "1m" },
    run: async (again: boolean) => {
      ran.push(now() - START);
      if (again) await task(false).push();
    },
  });
  await task(true).push();
  await advance("10m");
  expect(ran).toEqual([120_000, 240_000]);
});

test("only the push that creates the task of a window deletes its predecessor", async () => {
  const api = await apiServer(created, created, created, refusal(409, "ALREADY_EXISTS"));
  const task = clientOf(api).task("t", { debounce: { key: "k", window: "15d" }, run: () => undefined });
  const first = await task().push();
  await task().push();
  expect(api.requests.map(({ method }) => method)).toEqual(["POST", "DELETE", "POST", "DELETE"]);
  expect(api.requests[1]?.path).toMatch(
    /^\/v2\/projects\/p\/locations\/l\/queues\/default\/tasks\/[0-9a-f]{32}-debounce-k$/,
  );
  expect(api.requests[1]?.path).not.toContain(first.id);
});

test.each([
  ["may not", refusal(403, "PERMISSION_DENIED"), 1],
  ["cannot", refusal(503, "UNAVAILABLE"), 1],
  ["need not", refusal(404, "NOT_FOUND"), 0],
])("a push that %s delete the predecessor resolves; a failure is logged once", async (_, answer, logged) => {
  const api = await apiServer(created, answer);
  const lines: string[] = [];
  const logger = { warn: (line: string) => void lines.push(line), error: () => undefined };
  const task = clientOf(api, { logger }).task("t", { debounce: { key: "k", window: "1m" }, run: () => undefined });
  await expect(task().push()).resolves.toMatchObject({ deduplicated: false });
  expect(lines).toHaveLength(logged);
  expect(api.requests).toHaveLength(2);
});
