import { expect, test } from "vitest";
import { axisTicks } from "../src/format/axis-ticks.ts";
import { stepText } from "../src/pages/task/step-text.ts";
import { timelineSteps } from "../src/pages/task/timeline-steps.ts";
import type { AttemptJson } from "../src/source/json.ts";

const time = (second: number): string => new Date(second * 1_000).toISOString();

function attempt(fields: { scheduled: number; started: number; finished: number; retryAfter?: true }): AttemptJson {
  return {
    scheduleTime: time(fields.scheduled),
    dispatchTime: time(fields.started),
    finishTime: time(fields.finished),
    forced: false,
    ...(fields.retryAfter && { retryAfter: true }),
  } as AttemptJson;
}

test("waits have the reason that came before them, and the time in the queue is a wait of its own", () => {
  const task = { createTime: time(0), scheduleTime: time(100), running: [], state: "retrying" } as const;
  const attempts = [
    attempt({ scheduled: 30, started: 30, finished: 31, retryAfter: true }),
    attempt({ scheduled: 10, started: 15, finished: 20 }),
  ];
  const steps = timelineSteps(task, attempts, 40_000).map((step) => [
    step.from / 1_000,
    step.to / 1_000,
    step.kind === "wait" ? step.text : step.kind,
  ]);
  expect(steps).toEqual([
    [0, 10, "until its schedule time"],
    [10, 15, "in the queue, which was paused or at a limit"],
    [15, 20, "attempt"],
    [20, 30, "for the backoff"],
    [30, 31, "attempt"],
    [31, 100, "until the time in Retry-After"],
  ]);
});

test("a task that still waits in its queue is described in the present, and later in the past", () => {
  const task = { createTime: time(0), scheduleTime: time(0), running: [], state: "due" } as const;
  const [step] = timelineSteps(task, [], 5_000);
  expect(step && stepText(step, 5_000)).toMatch(/^Waits 5\ss in the queue, which is paused or at a limit, from /);
  const [over] = timelineSteps(task, [attempt({ scheduled: 0, started: 5, finished: 6 })], 9_000);
  expect(over && stepText(over, 9_000)).toMatch(/^Waited 5\ss in the queue, which was paused or at a limit, from /);
});

test("a short wait in the queue has no reason", () => {
  const task = { createTime: time(0), scheduleTime: time(0), running: [], state: "succeeded" } as const;
  const [wait] = timelineSteps(task, [attempt({ scheduled: 0, started: 0.9, finished: 1 })], 9_000);
  expect(wait).toMatchObject({ kind: "wait", text: "in the queue" });
});

test("the steps begin with the oldest attempt if older ones are missing", () => {
  const task = { createTime: time(0), scheduleTime: time(20), running: [], state: "succeeded" } as const;
  const steps = timelineSteps(task, [attempt({ scheduled: 20, started: 20, finished: 21 })], 40_000, true);
  expect(steps.map(({ kind }) => kind)).toEqual(["attempt"]);
});

test.each([
  [30_000, [0, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000]],
  [86_400_000, [0, 21_600_000, 43_200_000, 64_800_000, 86_400_000]],
  [0, [0]],
])("an axis of %i ms has ticks at round times", (span, ticks) => {
  expect(axisTicks(span, 6)).toEqual(ticks);
});
