import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AttemptFinished } from "../../emulator-events.ts";
import { FinishedTaskIndex } from "./finished-task-index.ts";

const FLOOD = 2_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** An index over a history, and a function that adds succeeded attempts of new tasks to both. */
function indexed(limit: number, buildMs = 0): { index: FinishedTaskIndex; add: (count: number) => void } {
  const attempts: AttemptFinished[] = [];
  const read = (): AttemptFinished[] => {
    vi.advanceTimersByTime(buildMs);
    return attempts;
  };
  const index = new FinishedTaskIndex({ facts: read, get: (id) => attempts[id], limit });
  const add = (count: number): void => {
    for (let added = 0; added < count; added += 1) {
      const sequence = attempts.length;
      const attempt = { task: `t${sequence}`, queue: "q", sequence, outcome: "succeeded", status: 200, at: sequence };
      attempts.push(attempt as AttemptFinished);
      index.attemptAdded(attempt as AttemptFinished);
    }
  };
  return { index, add };
}

function recent(index: FinishedTaskIndex): [succeeded: number | undefined, isExact: boolean] {
  const { counts, isExact } = index.recentCounts();
  return [counts.queues.get("q")?.total.succeeded, isExact];
}

test("recent counts are exact, except during a flood: then they are at most two seconds old", () => {
  const { index, add } = indexed(10_000);
  add(1);
  expect(recent(index)).toEqual([1, true]);
  add(FLOOD);
  expect(recent(index)).toEqual([FLOOD + 1, true]);
  add(FLOOD);
  expect(recent(index)).toEqual([FLOOD + 1, false]);
  vi.advanceTimersByTime(2_000);
  expect(recent(index)).toEqual([2 * FLOOD + 1, true]);
  add(1);
  vi.advanceTimersByTime(2_000);
  expect(recent(index)).toEqual([2 * FLOOD + 2, true]);
  add(1);
  expect(recent(index)).toEqual([2 * FLOOD + 3, true]);
});

test("an index that takes 50 ms to build is built every five seconds during a flood, and soon after its end", () => {
  const { index, add } = indexed(10_000, 50);
  recent(index);
  const seconds = Array.from({ length: 11 }, () => {
    add(FLOOD);
    const [, isExact] = recent(index);
    vi.advanceTimersByTime(1_000);
    return isExact;
  });
  const stale = [false, false, false, false];
  expect(seconds).toEqual([true, ...stale, true, ...stale, true]);
  vi.advanceTimersByTime(1_000);
  expect(recent(index)).toEqual([11 * FLOOD, true]);
});

test("during a flood, the tasks and their counts are exact for a reader", () => {
  const { index, add } = indexed(10_000);
  recent(index);
  add(FLOOD);
  recent(index);
  add(FLOOD);
  const { counts, lists } = index.tasks;
  expect([counts.queues.get("q")?.total.succeeded, lists.byCreation.size]).toEqual([2 * FLOOD, 2 * FLOOD]);
  expect(recent(index)).toEqual([2 * FLOOD, true]);
});

test("the index of a large history, which takes long to build, is kept during a flood", () => {
  const { index, add } = indexed(100_000);
  for (let round = 1; round <= 3; round += 1) {
    add(FLOOD);
    expect(recent(index)).toEqual([round * FLOOD, true]);
  }
});
