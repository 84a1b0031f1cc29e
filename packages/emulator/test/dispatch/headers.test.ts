import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, listTasks, queuePath } from "../support/api.ts";
import { startTarget } from "../support/target.ts";

const reserved = {
  Host: "elsewhere.example.com",
  "content-length": "3",
  "User-agent": "mine",
  "X-Google-Anything": "1",
  "x-appengine-queuename": "1",
  "X-CloudTasks-TaskRetryCount": "99",
};

test("stored headers keep their case, reserved ones are dropped, and only the User-Agent is added", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const headers = { "X-Mixed-Case": "preserve-me", "content-type": "application/json", ...reserved };
  const { body } = await createTask(emulator, { delaySeconds: 60, httpRequest: { headers, body: "aGk=" } });
  const stored = {
    "X-Mixed-Case": "preserve-me",
    "content-type": "application/json",
    "X-CloudTasks-TaskRetryCount": "99",
    "User-Agent": "Google-Cloud-Tasks",
  };
  expect(body.httpRequest?.headers).toEqual(stored);
  const [listed] = await listTasks(emulator);
  expect(listed?.httpRequest.headers).toEqual(stored);
});

test("no Content-Type is added, neither stored nor sent", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { url: target.url, httpRequest: { body: "aGk=" } });
  await emulator.idle();
  expect(target.received[0]?.headers["content-type"]).toBeUndefined();
  expect(target.received[0]?.body).toBe("hi");
});

/** The headers that were captured from the real service, for tasks whose handlers answer 503, 404, 429, 500, 302, 200. */
const captured = [
  ["0", "0", undefined, undefined],
  ["1", "0", "503", ""],
  ["2", "1", "404", ""],
  ["3", "2", "429", ""],
  ["4", "2", "500", ""],
  ["5", "3", "302", ""],
];
const capturedOfAppEngine = [
  ["0", "0", undefined, undefined],
  ["1", "1", "503", "App Error"],
  ["2", "2", "404", "App Error"],
  ["3", "3", "429", "App Error"],
  ["4", "4", "500", "App Error"],
  ["5", "5", "302", "App Error"],
];

const counts = ["taskretrycount", "taskexecutioncount", "taskpreviousresponse", "taskretryreason"];

test("each attempt has the captured headers", async () => {
  await using target = await startTarget(503, 404, 429, 500, 302, 200);
  await using emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { id: "t-1", url: target.url });
  await emulator.advance("1h");
  const seen = target.received.map(({ headers }) => counts.map((name) => headers[`x-cloudtasks-${name}`]));
  expect(seen).toEqual(captured);
  expect(await listTasks(emulator)).toEqual([]);
});

test("an App Engine task is sent to the target of the option `appEngine`, with the captured headers", async () => {
  await using target = await startTarget(503, 404, 429, 500, 302, 200);
  await using emulator = await createEmulator({ queues: ["default"], appEngine: { mail: target.url } });
  const appEngineHttpRequest = { relativeUri: "/work?a=b", body: "aGk=", appEngineRouting: { service: "mail" } };
  await call(emulator, "POST", `${queuePath(emulator, "default")}/tasks`, { task: { appEngineHttpRequest } });
  await emulator.advance("1h");
  const seen = target.received.map(({ headers }) => counts.map((name) => headers[`x-appengine-${name}`]));
  expect(seen).toEqual(capturedOfAppEngine);
  expect(target.received[0]).toMatchObject({
    method: "POST",
    path: "/run/work?a=b",
    body: "hi",
    headers: {
      host: new URL(target.url).host,
      "user-agent": "AppEngine-Google; (+http://code.google.com/appengine)",
      "content-type": "application/octet-stream",
      "content-length": "2",
      "x-appengine-queuename": "default",
    },
  });
  expect(target.received[0]?.headers).not.toHaveProperty("x-cloudtasks-queuename");
});

test("the HTTP target of a queue also applies to tasks that were created before", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const { hostname, port } = new URL(target.url);
  await createTask(emulator, {
    url: "https://old.example.com/old?a=b",
    delaySeconds: 60,
    httpRequest: { body: "aGk=" },
  });
  const httpTarget = {
    uriOverride: { scheme: "HTTP", host: hostname, port, pathOverride: { path: "/new" } },
    httpMethod: "PUT",
    headerOverrides: [{ header: { key: "X-Queue", value: "1" } }],
    oidcToken: { serviceAccountEmail: "queue@example.com", audience: "https://queue.example.com" },
  };
  await call(emulator, "PATCH", `${queuePath(emulator, "default")}?updateMask=httpTarget`, { httpTarget });
  await emulator.advance("1m");
  expect(target.received).toMatchObject([
    {
      method: "PUT",
      path: "/new?a=b",
      body: "hi",
      headers: { "x-queue": "1", authorization: expect.stringMatching(/^Bearer ey/) },
    },
  ]);
});

test("the headers of every attempt contain the ids of its queue and task", async () => {
  await using target = await startTarget(500, 200);
  await using emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { id: "t-1", url: target.url, httpRequest: { headers: { "X-Mixed-Case": "a" } } });
  await emulator.advance("1s");
  for (const { method, headers, headerNames } of target.received) {
    expect(method).toBe("POST");
    expect(headers).toMatchObject({
      "x-cloudtasks-queuename": "default",
      "x-cloudtasks-taskname": "t-1",
      "user-agent": "Google-Cloud-Tasks",
      "x-mixed-case": "a",
      "content-length": "0",
    });
    expect(headerNames).toEqual(
      expect.arrayContaining(["X-CloudTasks-QueueName", "X-CloudTasks-TaskETA", "X-Mixed-Case"]),
    );
  }
});

test("the ETA header is the schedule time in fractional seconds; a retry has the time of the retry", async () => {
  await using target = await startTarget(500, 200);
  await using emulator = await createEmulator({ queues: { default: { retry: { minBackoff: "100s" } } } });
  await createTask(emulator, { url: target.url });
  await emulator.idle();
  const [waiting] = await listTasks(emulator);
  await emulator.advance("100s");
  const etas = target.received.map(({ headers }) => headers["x-cloudtasks-tasketa"] ?? "");
  expect(etas).toEqual(etas.filter((eta) => /^\d{10}(?:\.\d{0,5}[1-9])?$/.test(eta)));
  expect(Number(etas[1])).toBeCloseTo(Date.parse(waiting?.scheduleTime ?? "") / 1000, 2);
});

test("the headers of a dispatch, such as its token, are not stored in the task", async () => {
  await using target = await startTarget(500);
  await using emulator = await createEmulator({ queues: { default: { retry: { minBackoff: "1h" } } } });
  const oidcToken = { serviceAccountEmail: "tasks@example.com" };
  await createTask(emulator, { id: "t", url: target.url, httpRequest: { oidcToken, headers: { "X-A": "b" } } });
  await emulator.idle();
  const { body } = await call(emulator, "GET", `${queuePath(emulator, "default")}/tasks/t?responseView=FULL`);
  expect(body.httpRequest).toEqual({
    url: target.url,
    httpMethod: "POST",
    headers: { "X-A": "b", "User-Agent": "Google-Cloud-Tasks" },
    oidcToken: { ...oidcToken, audience: target.url },
  });
});

test.each(["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])(
  "a task with method %s is sent with it",
  async (httpMethod) => {
    await using target = await startTarget(200);
    await using emulator = await createEmulator({ queues: ["default"] });
    await createTask(emulator, { url: `${target.url}?a=%20b`, httpRequest: { httpMethod } });
    await emulator.idle();
    expect(target.received.map(({ method, path }) => [method, path])).toEqual([[httpMethod, "/run?a=%20b"]]);
  },
);

test("connection headers of a task are replaced by the emulator's own", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const headers = { "Transfer-Encoding": "chunked", Expect: "100-continue", Connection: "close", Upgrade: "h2c" };
  await createTask(emulator, { url: target.url, httpRequest: { headers, body: "aGk=" } });
  await emulator.idle();
  expect(target.received[0]?.headers).toMatchObject({ connection: "keep-alive", "content-length": "2" });
  expect(target.received[0]?.headers).not.toHaveProperty("transfer-encoding");
});
