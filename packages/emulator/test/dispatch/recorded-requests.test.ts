/** The requests of attempts, as recorded from the service, observed with Google's client over gRPC and REST. */
import { ManualClock } from "@cloudtask/emulator";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { expect, test } from "vitest";
import { v2Bench } from "../clients/node/bench.ts";
import { failureOf } from "../clients/node/failure.ts";
import { attempted, dispatchBench, NOW, TASK_GONE, wires } from "../support/dispatch-bench.ts";
import { answer, startTarget } from "../support/target.ts";

test.each(wires)("over %s: a dispatch has exactly these headers, and a retry those of a retry", async (wire) => {
  await using failing = await startTarget(503, 200);
  await using own = await dispatchBench(wire);
  const scheduleTime = { seconds: NOW, nanos: 123_456_000 };
  const task = {
    scheduleTime,
    name: `${own.queue}/tasks/t`,
    httpRequest: { url: failing.url, body: Buffer.from("hi") },
  };
  await own.client.createTask({ parent: own.queue, task });
  await own.emulator.advance("2h");
  const first = {
    host: new URL(failing.url).host,
    "user-agent": "Google-Cloud-Tasks",
    "x-cloudtasks-queuename": "q",
    "x-cloudtasks-taskname": "t",
    "x-cloudtasks-taskretrycount": "0",
    "x-cloudtasks-taskexecutioncount": "0",
    "x-cloudtasks-tasketa": `${NOW}.123456`,
    "content-length": "2",
    connection: "keep-alive",
  };
  const retry = {
    ...first,
    "x-cloudtasks-taskretrycount": "1",
    "x-cloudtasks-tasketa": `${NOW + 3600}.123456`,
    "x-cloudtasks-taskpreviousresponse": "503",
    "x-cloudtasks-taskretryreason": "",
  };
  expect(failing.received.map(({ headers }) => headers)).toEqual([first, retry]);
});

test.each(wires)("over %s: a redirect is followed within the attempt, as a GET without body", async (wire) => {
  await using redirecting = await startTarget(answer(302, { Location: "/elsewhere?a=b" }), 200);
  await using own = await dispatchBench(wire);
  const httpRequest = { url: redirecting.url, body: Buffer.from("hi"), headers: { "X-Own": "1" } };
  const [{ name }] = await own.client.createTask({ parent: own.queue, task: { httpRequest } });
  await own.emulator.idle();
  expect(redirecting.received.map(({ method, path, body }) => [method, path, body])).toEqual([
    ["POST", "/run", "hi"],
    ["GET", "/elsewhere?a=b", ""],
  ]);
  expect(redirecting.received[1]?.headers).toMatchObject({ "x-own": "1", "x-cloudtasks-taskretrycount": "0" });
  expect(await failureOf(own.client.getTask({ name: name ?? "" }))).toMatchObject({ code: 5, message: TASK_GONE });
  expect(own.emulator.attempts()).toMatchObject([
    { status: 200, response: { redirectedTo: new URL("/elsewhere?a=b", redirecting.url).href } },
  ]);
});

test.each(wires)("over %s: the last answer after a redirect is the outcome", async (wire) => {
  await using bench = await dispatchBench(wire);
  await using redirecting = await startTarget(answer(302, { Location: "/elsewhere" }), 404);
  const task = await attempted(bench, { httpRequest: { url: redirecting.url } });
  expect(task).toMatchObject({
    dispatchCount: 1,
    responseCount: 1,
    lastAttempt: { responseStatus: { message: "NOT_FOUND(5): HTTP status code 404" } },
  });
});

test.each(wires)("over %s: a redirect to itself fails after 20 redirects", async (wire) => {
  await using bench = await dispatchBench(wire);
  await using loop = await startTarget(answer(307, { Location: "/run" }));
  const task = await attempted(bench, { httpRequest: { url: loop.url } });
  expect(task.lastAttempt?.responseStatus?.message).toBe("UNKNOWN(2): HTTP status code 0");
  expect(loop.received).toHaveLength(21);
});

test.each(wires)(
  "over %s: RunTask answers the task as it is put into dispatch, and dispatches with its own schedule time",
  async (wire) => {
    await using failing = await startTarget(500, 200);
    await using own = await dispatchBench(wire);
    const { client, emulator, queue } = own;
    const scheduleTime = { seconds: NOW + 600, nanos: 120_000_000 };
    const [{ name }] = await client.createTask({
      parent: queue,
      task: { scheduleTime, httpRequest: { url: failing.url } },
    });
    const named = { name: name ?? "" };
    const [run] = await client.runTask(named);
    expect(run).toMatchObject({ dispatchCount: 1, responseCount: 0, view: "BASIC", firstAttempt: null });
    const { dispatchTime, responseTime, responseStatus } = run.lastAttempt ?? {};
    expect([dispatchTime, responseTime, responseStatus]).toEqual([null, null, null]);
    for (const time of [run.scheduleTime, run.lastAttempt?.scheduleTime]) {
      expect([Number(time?.seconds), time?.nanos]).toEqual([scheduleTime.seconds, scheduleTime.nanos]);
    }
    await emulator.idle();
    const [{ headers = {} } = {}] = failing.received;
    expect(headers).toMatchObject({
      "x-cloudtasks-tasketa": `${NOW + 600}.12`,
      "x-cloudtasks-taskretrycount": "0",
      "x-cloudtasks-taskexecutioncount": "0",
    });
    expect(headers).not.toHaveProperty("x-cloudtasks-taskretryreason");
    const [retry] = await client.getTask(named);
    expect(Number(retry.scheduleTime?.seconds)).toBe(NOW + 3600);
    await client.runTask(named);
    await emulator.idle();
    expect(await failureOf(client.getTask(named))).toMatchObject({ code: 5, message: TASK_GONE });
    await emulator.advance("2h");
    expect(failing.received).toHaveLength(2);
  },
);

test.each(wires)(
  "over %s: a schedule time is cut off after microseconds, and a deadline after milliseconds",
  async (wire) => {
    await using own = await dispatchBench(wire);
    const task = {
      scheduleTime: { seconds: NOW + 60, nanos: 123_456_789 },
      dispatchDeadline: { seconds: 20, nanos: 123_456_789 },
      httpRequest: { url: "http://127.0.0.1:9/" },
    };
    const [created] = await own.client.createTask({ parent: own.queue, task });
    expect(created.scheduleTime?.nanos).toBe(123_456_000);
    expect(created.dispatchDeadline?.nanos).toBe(123_000_000);
  },
);

const past = [
  ["1970", 0],
  ["before 1970", -1],
  ["the year 1", -62_135_596_800],
  ["a second ago", NOW - 1],
] as const;
const pastRows = wires.flatMap(([wire]) => past.map((row) => [wire, ...row] as const));

test.each(pastRows)("over %s: a schedule time in the past becomes now: %s", async (wire, _, seconds) => {
  await using own = await dispatchBench(wire);
  const task = { scheduleTime: { seconds }, httpRequest: { url: "http://127.0.0.1:9/" } };
  const [created] = await own.client.createTask({ parent: own.queue, task });
  expect(Number(created.scheduleTime?.seconds)).toBe(NOW);
});

test.each(wires)(
  "over %s: an OIDC token has exactly these claims and replaces the task's own Authorization header",
  async (wire) => {
    await using receiving = await startTarget(200);
    await using own = await dispatchBench(wire);
    const url = `${receiving.url}?a=b`;
    const headers = { Authorization: "mine" };
    const oidcToken = { serviceAccountEmail: "tasks@example.com" };
    await own.client.createTask({ parent: own.queue, task: { httpRequest: { url, headers, oidcToken } } });
    await own.emulator.idle();
    const [{ headers: received = {}, headerNames = [] } = {}] = receiving.received;
    const [, token = ""] = /^Bearer (\S+)$/.exec(received.authorization ?? "") ?? [];
    const claims = decodeJwt(token);
    expect(claims).toEqual({
      iss: own.emulator.url,
      aud: url,
      azp: expect.stringMatching(/^\d{21}$/),
      sub: claims.azp,
      email: "tasks@example.com",
      email_verified: true,
      iat: NOW,
      exp: NOW + 3600,
    });
    expect(decodeProtectedHeader(token)).toEqual({ alg: "RS256", kid: expect.any(String), typ: "JWT" });
    expect(headerNames.filter((name) => name.toLowerCase() === "authorization")).toHaveLength(1);
  },
);

test.each(wires)(
  "over %s: -1 attempts with a duration of 3 s and a backoff of 2 s are attempts at 0, 2 and 4 s",
  async (wire) => {
    await using failing = await startTarget(500);
    const clock = new ManualClock(NOW * 1000);
    const retry = { maxAttempts: -1, maxRetryDuration: "3s", minBackoff: "2s", maxBackoff: "2s" };
    await using own = await v2Bench(wire, { clock, queues: { q: { retry } } });
    await own.client.createTask({ parent: own.queue, task: { httpRequest: { url: failing.url } } });
    await own.emulator.advance("1h");
    const etas = failing.received.map(({ headers }) => Number(headers["x-cloudtasks-tasketa"]) - NOW);
    expect(etas).toEqual([0, 2, 4]);
  },
);
