import { EventEmitter } from "node:events";
import type { EmulatorEvents } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { attemptLine, lengthText, nameTakenLine, queueNotFoundLine } from "../src/emulator/attempt-line.ts";
import { hostMismatchNote } from "../src/emulator/start-text.ts";
import { stopRequested } from "../src/emulator/stop-signals.ts";
import { table } from "../src/output/table.ts";
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
  sequence: 1,
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

/** Returns the fields of an attempt that was answered. */
function answered(status: number, body: object | string): Partial<Finished> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const masked = { headers: [], body: text, bodyEncoding: "text", bodySize: text.length } as const;
  return {
    status,
    request: { ...masked, method: "POST", url: "http://localhost:3000/run" },
    response: { ...masked, status },
  };
}

test.each<readonly [Partial<Finished>, string]>([
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
    { definition: "send-mail", ...answered(200, { status: "success" }) },
    "07:04:05.060  send-mail  mail/42  attempt 2  200  12 ms  done",
  ],
  [
    { discarded: true, ...answered(200, { status: "discarded", reason: "payload: expected a number" }) },
    "07:04:05.060  mail/42  attempt 2  200  12 ms  discarded: payload: expected a number",
  ],
  [{ discarded: true }, "07:04:05.060  mail/42  attempt 2  200  12 ms  discarded"],
  [
    {
      discarded: true,
      ...answered(200, { message: '"send \\"x\\"" (task 42, attempt 2) was discarded (max-attempts): busy' }),
    },
    "07:04:05.060  mail/42  attempt 2  200  12 ms  discarded (max-attempts): busy",
  ],
  [
    {
      outcome: "exhausted",
      ...answered(500, { message: '"send" (task 42, attempt 2) failed: "x" (attempt 1) failed: y' }),
    },
    '07:04:05.060  mail/42  attempt 2  500  12 ms  "x" (attempt 1) failed: y: failed, no attempts left',
  ],
  [
    { outcome: "exhausted", ...answered(507, { message: '"send" (task 42, attempt 2) was not discarded: no queue' }) },
    "07:04:05.060  mail/42  attempt 2  507  12 ms  was not discarded: no queue: failed, no attempts left",
  ],
  [
    { outcome: "retrying", retryAt: at + 200, ...answered(401, { status: "unauthenticated", message: "no token" }) },
    "07:04:05.060  mail/42  attempt 2  401  12 ms  no token: retry in 200 ms",
  ],
  [
    { outcome: "exhausted", ...answered(500, { error: { code: 500, message: "quota" } }) },
    "07:04:05.060  mail/42  attempt 2  500  12 ms  quota: failed, no attempts left",
  ],
  [
    { outcome: "exhausted", ...answered(500, { status: "error" }) },
    "07:04:05.060  mail/42  attempt 2  500  12 ms  error: failed, no attempts left",
  ],
  [
    {
      outcome: "retrying",
      ...answered(404, "<html><title>Error</title><body><pre>Cannot POST /run</pre></body></html>"),
    },
    "07:04:05.060  mail/42  attempt 2  404  http://localhost:3000/run  12 ms  Cannot POST /run: retry later",
  ],
  [
    { outcome: "exhausted", ...answered(500, `{"message":"cut off","rest":"${"x".repeat(50)}`) },
    "07:04:05.060  mail/42  attempt 2  500  12 ms  cut off: failed, no attempts left",
  ],
  [
    { definition: "\u001b[2J", outcome: "exhausted", ...answered(500, "\u001b]0;pwned\u0007 line\nline") },
    "07:04:05.060  \\u001b[2J  mail/42  attempt 2  500  12 ms  \\u001b]0;pwned\\u0007 line line: failed, no attempts left",
  ],
  [
    { task: "projects/x/locations/l/queues/mail/tasks/42" },
    "07:04:05.060  projects/x/locations/l/queues/mail/42  attempt 2  200  12 ms  done",
  ],
])("a finished attempt is one line: %j", (change, line) => {
  expect(attemptLine({ ...finished, ...change }, view)).toBe(line);
});

test("the line has a date once the clock was advanced", () => {
  expect(attemptLine(finished, { ...view, hasDate: true })).toMatch(/^2026-11-22 07:04:05\.060 {2}mail/);
});

test("a long message is cut", () => {
  const line = attemptLine({ ...finished, outcome: "exhausted", ...answered(500, "x".repeat(5_000)) }, view);
  expect(line.length).toBeLessThan(320);
});

test("a task that was not created because of its name is one line", () => {
  const { task, queue } = finished;
  expect(nameTakenLine({ task, queue, at }, view)).toBe("07:04:05.060  mail/42  not created, the name is taken");
});

test("a call whose queue does not exist is one line with the queues that exist", () => {
  const missing = "projects/other/locations/l/queues/mail";
  const { queue } = finished;
  expect(queueNotFoundLine({ queue: missing, existing: [queue], at }, view)).toBe(
    `07:04:05.060  the emulator has no queue ${missing}; it has ${queue}`,
  );
  expect(queueNotFoundLine({ queue: missing, existing: [], at }, view)).toContain(`${missing}; it has no queue`);
});

test("a discarded task does not have the color of a success", () => {
  const paint: Terminal["paint"] = (tone, text) => `${tone}(${text})`;
  expect(attemptLine({ ...finished, discarded: true }, { ...view, paint })).toContain("bad(200)");
  expect(attemptLine(finished, { ...view, paint })).toContain("good(200)");
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

const letters = [
  { letter: `dead/${"4d0b2233".repeat(4)}`, message: "there is no route to this address, and none to others" },
];
test.each([
  [undefined, `LETTER                                 MESSAGE\n${letters[0]?.letter}  ${letters[0]?.message}`],
  [60, `LETTER                                 MESSAGE\n${letters[0]?.letter}  there is no route to…`],
  [50, `LETTER\n  MESSAGE\n${letters[0]?.letter}\n  there is no route to this address, and none to …`],
  [12, `LETTER: ${letters[0]?.letter}\nMESSAGE: ${letters[0]?.message}`],
])("in a terminal of %j columns, the name of a row is not cut", (columns, text) => {
  const out = table(
    letters,
    [
      { title: "LETTER", text: ({ letter }) => letter, isName: true },
      { title: "MESSAGE", text: ({ message }) => message },
    ],
    { paint: plain, columns },
  );
  expect(out).toBe(text);
});

test("in a terminal of 80 columns, the dead letters of a list are aligned below their names", () => {
  const rows = ["card declined", "the payment provider answered 502 Bad Gateway"].map((message, index) => ({
    name: `payments-dead/${String(index).repeat(32)}-dead-charge-card`,
    message,
    attempts: String(index + 9),
  }));
  const out = table(
    rows,
    [
      { title: "LETTER", text: ({ name }) => name, isName: true },
      { title: "REASON", text: () => "max-attempts" },
      { title: "MESSAGE", text: ({ message }) => message },
      { title: "ATTEMPTS", text: ({ attempts }) => attempts, isNumber: true },
      { title: "DISCARDED", text: () => "1.4 min ago", isNumber: true },
    ],
    { paint: plain, columns: 80 },
  );
  expect(out.split("\n")).toEqual([
    "LETTER",
    "  REASON        MESSAGE                                    ATTEMPTS    DISCARDED",
    `payments-dead/${"0".repeat(32)}-dead-charge-card`,
    "  max-attempts  card declined                                     9  1.4 min ago",
    `payments-dead/${"1".repeat(32)}-dead-charge-card`,
    "  max-attempts  the payment provider answered 502 Bad Ga…        10  1.4 min ago",
  ]);
});
