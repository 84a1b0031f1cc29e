import { expect, test } from "vitest";
import { addQueue, addTask, answered, engineBench, START } from "../../test/support/engine.ts";
import { dispatchDue } from "../engine/dispatch-due.ts";
import { type AttemptResult, finishAttempt } from "../engine/finish-attempt.ts";
import { nextEventAt } from "../engine/next-event.ts";
import type { TaskRecord } from "../engine/records.ts";
import { dispatchHeaders } from "./dispatch-headers.ts";
import type { Target } from "./target.ts";

const target: Target = {
  method: "POST",
  url: new URL("http://a.example:8080/"),
  audience: "http://a.example:8080/",
  headers: [],
  body: Buffer.from("hi"),
  authorization: undefined,
};

/** Returns the task before each of its attempts, which end with `results`. */
function attemptsOf(results: readonly AttemptResult[]): TaskRecord[] {
  const bench = engineBench();
  addTask(bench, addQueue(bench), "t");
  return results.flatMap((result) => {
    bench.clock.turnTo(nextEventAt(bench.engine));
    const attempts = dispatchDue(bench.engine);
    for (const attempt of attempts) finishAttempt(bench.engine, attempt, result);
    return attempts.map(({ taskBefore }) => taskBefore);
  });
}

const timedOut: AttemptResult = { kind: "timed out" };
const unreachable: AttemptResult = { kind: "unreachable", reason: "ECONNREFUSED" };
const names = ["RetryCount", "ExecutionCount", "PreviousResponse", "RetryReason"];

/**
 * [result of the previous attempt, HTTP headers, App Engine headers], in the order of `names`. Captured from the service, except
 * the last two rows.
 */
const captured: readonly (readonly [AttemptResult | undefined, string[], string[]])[] = [
  [undefined, ["0", "0", "absent", "absent"], ["0", "0", "absent", "absent"]],
  [answered(503), ["1", "0", "503", ""], ["1", "1", "503", "App Error"]],
  [answered(404), ["2", "1", "404", ""], ["2", "2", "404", "App Error"]],
  [answered(429), ["3", "2", "429", ""], ["3", "3", "429", "App Error"]],
  [answered(500), ["4", "2", "500", ""], ["4", "4", "500", "App Error"]],
  [answered(302), ["5", "3", "302", ""], ["5", "5", "302", "App Error"]],
  [timedOut, ["6", "3", "504", ""], ["6", "5", "0", "Instance Unavailable"]],
  [unreachable, ["7", "3", "absent", ""], ["7", "5", "0", "Instance Unavailable"]],
];

test.each([
  ["http", "X-CloudTasks-Task", 1],
  ["appEngine", "X-AppEngine-Task", 2],
] as const)("the headers of each attempt of an %s task are as captured", (kind, prefix, column) => {
  const results = captured.flatMap(([result]) => result ?? []);
  const rows = attemptsOf([...results, answered(200)]).map((task) => {
    const headers = new Map(dispatchHeaders(task, kind, target, undefined));
    return names.map((name) => headers.get(`${prefix}${name}`) ?? "absent");
  });
  expect(rows).toEqual(captured.map((row) => row[column]));
});

const [first] = attemptsOf([answered(200)]);

test("the headers of an HTTP dispatch have a fixed order", () => {
  const own: Target["headers"] = [
    ["X-Own", "1"],
    ["content-length", "99"],
    ["Authorization", "mine"],
    ["user-agent", "mine"],
    ["x-cloudtasks-taskname", "forged"],
    ["X/Slash", "not sendable"],
    ["X-CloudTasks-Own", "2"],
    ["Trailer", "X-Last"],
  ];
  expect(first && dispatchHeaders(first, "http", { ...target, headers: own }, "token")).toEqual([
    ["Host", "a.example:8080"],
    ["X-Own", "1"],
    ["X-CloudTasks-Own", "2"],
    ["User-Agent", "Google-Cloud-Tasks"],
    ["X-CloudTasks-QueueName", "q"],
    ["X-CloudTasks-TaskName", "t"],
    ["X-CloudTasks-TaskRetryCount", "0"],
    ["X-CloudTasks-TaskExecutionCount", "0"],
    ["X-CloudTasks-TaskETA", String(START / 1000)],
    ["Authorization", "Bearer token"],
    ["Content-Length", "2"],
    ["Connection", "keep-alive"],
  ]);
});

test("an App Engine dispatch has the User-Agent that is stored with its task", () => {
  const own: Target["headers"] = [["User-Agent", "mine AppEngine-Google; (+http://code.google.com/appengine)"]];
  expect(first && dispatchHeaders(first, "appEngine", { ...target, headers: own }, undefined)).toEqual([
    ["Host", "a.example:8080"],
    ...own,
    ["X-AppEngine-QueueName", "q"],
    ["X-AppEngine-TaskName", "t"],
    ["X-AppEngine-TaskRetryCount", "0"],
    ["X-AppEngine-TaskExecutionCount", "0"],
    ["X-AppEngine-TaskETA", String(START / 1000)],
    ["Content-Length", "2"],
    ["Connection", "keep-alive"],
  ]);
});

test.each([
  [[], undefined, "Basic dTpw"],
  [[["authorization", "mine"]], undefined, "mine"],
  [[["authorization", "mine"]], "token", "Bearer token"],
] as const)(
  "with the headers %j, the token %j and a password in the URL, the Authorization header is %j",
  (headers, token, expected) => {
    const withPassword = { ...target, url: new URL("http://u:p@a.example/"), headers };
    const sent = first ? dispatchHeaders(first, "http", withPassword, token) : [];
    expect(sent.filter(([name]) => name.toLowerCase() === "authorization").map(([, value]) => value)).toEqual([
      expected,
    ]);
  },
);

/** [schedule time as a fraction of a second, value of the header]. Recorded from the service, except the last one. */
test.each([
  [0.12, "1893456000.12"],
  [0.123456, "1893456000.123456"],
  [0.1, "1893456000.1"],
  [0.000001, "1893456000.000001"],
  [0, "1893456000"],
])("TaskETA of a task scheduled %s s after a whole second is %s", (fraction, eta) => {
  const task = first && { ...first, scheduledAt: START + fraction * 1000 };
  const headers = task ? dispatchHeaders(task, "http", target, undefined) : [];
  expect(new Map(headers).get("X-CloudTasks-TaskETA")).toBe(eta);
});
