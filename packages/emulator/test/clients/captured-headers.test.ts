import { ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { hang, startTarget, type Target, type Treatment } from "../support/target.ts";
import { type Bench, type V2Client, v2Bench } from "./node/bench.ts";

const wires = [["grpc"], ["rest"]] as const;

type Task = NonNullable<NonNullable<Parameters<V2Client["createTask"]>[0]>["task"]>;

/** The headers that both kinds of tasks have, with different prefixes. */
function attemptsOf({ received }: Target, prefix: string): Record<string, string | undefined>[] {
  return received.map(({ headers }) => ({
    retry: headers[`${prefix}-taskretrycount`],
    execution: headers[`${prefix}-taskexecutioncount`],
    previous: headers[`${prefix}-taskpreviousresponse`],
    reason: headers[`${prefix}-taskretryreason`],
  }));
}

/** Delivers a task until it succeeds, to a target with the given reactions. */
async function delivered(
  wire: "grpc" | "rest",
  taskFor: (url: string) => Task,
  ...treatments: readonly Treatment[]
): Promise<AsyncDisposable & { readonly target: Target }> {
  const target = await startTarget(...treatments);
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  const bench: Bench<V2Client> = await v2Bench(wire, { clock, appEngine: new URL(target.url).origin });
  await bench.client.createTask({ parent: bench.queue, task: taskFor(target.url) });
  await target.count(1);
  await bench.emulator.advance("1h", { targetTimeout: "200ms" });
  await bench[Symbol.asyncDispose]();
  return { target, [Symbol.asyncDispose]: () => target[Symbol.asyncDispose]() };
}

const httpTask = (url: string): Task => ({ httpRequest: { url } });
const appEngineTask = (): Task => ({ appEngineHttpRequest: { relativeUri: "/run" } });

/** The responses of the captured handler. */
const statuses = [503, 404, 429, 500, 302, 200];

test.each(wires)("over %s: the attempts of an HTTP task carry the captured headers", async (wire) => {
  await using run = await delivered(wire, httpTask, ...statuses);
  expect(attemptsOf(run.target, "x-cloudtasks")).toEqual([
    { retry: "0", execution: "0", previous: undefined, reason: undefined },
    { retry: "1", execution: "0", previous: "503", reason: "" },
    { retry: "2", execution: "1", previous: "404", reason: "" },
    { retry: "3", execution: "2", previous: "429", reason: "" },
    { retry: "4", execution: "2", previous: "500", reason: "" },
    { retry: "5", execution: "3", previous: "302", reason: "" },
  ]);
});

test.each(wires)("over %s: the attempts of an App Engine task carry the captured headers", async (wire) => {
  await using run = await delivered(wire, appEngineTask, ...statuses);
  expect(attemptsOf(run.target, "x-appengine").map(({ previous: _, ...captured }) => captured)).toEqual([
    { retry: "0", execution: "0", reason: undefined },
    { retry: "1", execution: "1", reason: "App Error" },
    { retry: "2", execution: "2", reason: "App Error" },
    { retry: "3", execution: "3", reason: "App Error" },
    { retry: "4", execution: "4", reason: "App Error" },
    { retry: "5", execution: "5", reason: "App Error" },
  ]);
});

test.each(wires)("over %s: after a timeout the retry of an HTTP task has the previous response 504", async (wire) => {
  await using run = await delivered(wire, httpTask, hang, 200);
  expect(attemptsOf(run.target, "x-cloudtasks")[1]).toMatchObject({ retry: "1", previous: "504", reason: "" });
});

test.each(wires)(
  "over %s: after a timeout the retry of an App Engine task has the reason Instance Unavailable",
  async (wire) => {
    await using run = await delivered(wire, appEngineTask, hang, 200);
    expect(attemptsOf(run.target, "x-appengine")[1]).toMatchObject({
      retry: "1",
      previous: "0",
      reason: "Instance Unavailable",
    });
  },
);

test.each(wires)(
  "over %s: the headers of every attempt contain its queue, its task and its schedule time",
  async (wire) => {
    await using http = await delivered(wire, httpTask, 500, 200);
    await using appEngine = await delivered(wire, appEngineTask, 500, 200);
    const common = (prefix: string) => ({
      [`${prefix}-queuename`]: "q",
      [`${prefix}-taskname`]: expect.stringMatching(/^\d+$/),
      [`${prefix}-tasketa`]: expect.stringMatching(/^\d{10}(?:\.\d+)?$/),
    });
    const forHttp = { "user-agent": "Google-Cloud-Tasks", ...common("x-cloudtasks") };
    const forAppEngine = {
      "user-agent": "AppEngine-Google; (+http://code.google.com/appengine)",
      ...common("x-appengine"),
    };
    expect(http.target.received.map(({ headers }) => headers)).toMatchObject([forHttp, forHttp]);
    expect(appEngine.target.received.map(({ headers }) => headers)).toMatchObject([forAppEngine, forAppEngine]);
  },
);

const reserved = {
  Host: "elsewhere.example.com",
  "content-length": "3",
  "User-agent": "mine",
  "X-Google-Anything": "1",
  "x-appengine-queuename": "1",
};

const body = Buffer.from("hello");
const httpAgent = { "User-Agent": "Google-Cloud-Tasks" };
const appEngineAgent = { "User-Agent": "AppEngine-Google; (+http://code.google.com/appengine)" };

const storedHeaders: readonly [what: string, request: Task, stored: Record<string, string>][] = [
  [
    "an HTTP task with a body and reserved headers",
    { httpRequest: { url: "http://127.0.0.1:9/", body, headers: { "X-MiXeD-Case": "kept", ...reserved } } },
    { "X-MiXeD-Case": "kept", ...httpAgent },
  ],
  [
    "an App Engine task with a body and reserved headers",
    { appEngineHttpRequest: { body, headers: { "X-MiXeD-Case": "kept", ...reserved } } },
    {
      "X-MiXeD-Case": "kept",
      "Content-Length": "5",
      "Content-Type": "application/octet-stream",
      ...appEngineAgent,
    },
  ],
  [
    "an App Engine task with a body and a type",
    { appEngineHttpRequest: { body, headers: { "content-type": "text/plain" } } },
    { "content-type": "text/plain", "Content-Length": "5", ...appEngineAgent },
  ],
];

test.each(storedHeaders)("%s stores its headers as captured, over gRPC and REST alike", async (_, task, stored) => {
  await using grpc = await v2Bench("grpc");
  await using rest = await v2Bench("rest");
  const scheduleTime = { seconds: Math.floor(Date.now() / 1000) + 3600 };
  const tasks = await Promise.all(
    [grpc, rest].map(({ client, queue: parent }) => client.createTask({ parent, task: { ...task, scheduleTime } })),
  );
  const headers = tasks.map(
    ([{ httpRequest, appEngineHttpRequest }]) => (httpRequest ?? appEngineHttpRequest)?.headers,
  );
  expect(headers).toEqual([stored, stored]);
});
