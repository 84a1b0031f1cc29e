import { EventEmitter } from "node:events";
import type { EmulatorEvents } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { attemptLine, lengthText } from "../src/emulator/attempt-line.ts";
import { hostMismatchNote } from "../src/emulator/start-text.ts";
import { stopRequested } from "../src/emulator/stop-signals.ts";
import type { Terminal } from "../src/terminal.ts";

type Finished = Extract<EmulatorEvents["attempt"], { readonly phase: "finished" }>;

const plain: Terminal["paint"] = (_, text) => text;
const prefix = "projects/p/locations/l/queues/";
const view = { paint: plain, prefix, hasDate: false };
const at = new Date(2026, 10, 22, 7, 4, 5, 60).getTime();
const finished: Finished = {
  phase: "finished",
  id: 1,
  task: `${prefix}mail/tasks/42`,
  queue: `${prefix}mail`,
  attempt: 2,
  forced: false,
  at,
  createdAt: at - 1_000,
  scheduledAt: at - 12,
  dispatchedAt: at - 12,
  status: 200,
  durationMs: 12,
  outcome: "succeeded",
  error: undefined,
  retryAt: undefined,
  request: undefined,
  response: undefined,
};

test.each([
  [{}, "07:04:05.060  mail/42  attempt 2  200  12 ms  done"],
  [
    { status: 503, outcome: "retrying", retryAt: at + 200 },
    "07:04:05.060  mail/42  attempt 2  503  12 ms  retry in 200 ms",
  ],
  [{ status: 500, outcome: "exhausted" }, "07:04:05.060  mail/42  attempt 2  500  12 ms  failed, no attempts left"],
  [{ status: 500, outcome: "ignored" }, "07:04:05.060  mail/42  attempt 2  500  12 ms  ignored, the task was deleted"],
  [
    { status: undefined, outcome: "retrying", error: "connect ECONNREFUSED 127.0.0.1:9", retryAt: at + 90_000 },
    "07:04:05.060  mail/42  attempt 2  no answer  12 ms  connect ECONNREFUSED 127.0.0.1:9: retry in 1.5 min",
  ],
  [
    { task: "projects/x/locations/l/queues/mail/tasks/42" },
    "07:04:05.060  projects/x/locations/l/queues/mail/42  attempt 2  200  12 ms  done",
  ],
] as const)("a finished attempt is one line: %j", (change, line) => {
  expect(attemptLine({ ...finished, ...change }, view)).toBe(line);
});

test("the line has a date once the clock was turned", () => {
  expect(attemptLine(finished, { ...view, hasDate: true })).toMatch(/^2026-11-22 07:04:05\.060 {2}mail/);
});

test("a starting attempt is one line", () => {
  const { task, queue, attempt, forced } = finished;
  const started = { phase: "started", task, queue, attempt, forced, at } as const;
  expect(attemptLine(started, view)).toBe("07:04:05.060  mail/42  attempt 2  started");
});

test.each([
  [0, "0 ms"],
  [999.4, "999 ms"],
  [1_000, "1 s"],
  [1_540, "1.5 s"],
  [59_000, "59 s"],
  [90_000, "1.5 min"],
  [3_600_000, "1 h"],
  [172_800_000, "2 d"],
])("%d ms are %s", (ms, text) => {
  expect(lengthText(ms)).toBe(text);
});

test.each([
  [undefined, undefined],
  ["", undefined],
  ["127.0.0.1:8123", undefined],
  ["localhost:8123", undefined],
  [" [::1]:8123 ", undefined],
  [
    "localhost:9000",
    "note: CLOUD_TASKS_EMULATOR_HOST is localhost:9000 in this shell, but the emulator listens on 127.0.0.1:8123",
  ],
  [
    "emulator:8123",
    "note: CLOUD_TASKS_EMULATOR_HOST is emulator:8123 in this shell, but the emulator listens on 127.0.0.1:8123",
  ],
])("a CLOUD_TASKS_EMULATOR_HOST of %j gives the note %j", (variable, note) => {
  expect(hostMismatchNote(variable, "127.0.0.1:8123")).toBe(note);
});

test.each([
  ["the first signal stops", [["SIGTERM", 0]], []],
  [
    "Ctrl-C that npm forwards counts once",
    [
      ["SIGINT", 0],
      ["SIGINT", 20],
    ],
    [],
  ],
  [
    "a second signal quits at once",
    [
      ["SIGINT", 0],
      ["SIGINT", 1_000],
    ],
    [1_000],
  ],
  [
    "every later signal quits at once",
    [
      ["SIGTERM", 0],
      ["SIGHUP", 400],
      ["SIGINT", 900],
    ],
    [400, 900],
  ],
] as const)("%s", async (_, signals, expected) => {
  const source = new EventEmitter();
  const quits: number[] = [];
  let now = 0;
  const stopped = stopRequested({ source, now: () => now, quit: () => quits.push(now) });
  for (const [signal, moment] of signals) {
    now = moment;
    source.emit(signal);
  }
  await stopped;
  expect(quits).toEqual(expected);
});
