import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, listTasks, queuePath } from "./support/api.ts";
import { startTarget } from "./support/target.ts";

const reserved = {
  Host: "elsewhere.example.com",
  "content-length": "3",
  "User-agent": "mine",
  "X-Google-Anything": "1",
  "x-appengine-queuename": "1",
  "X-CloudTasks-TaskRetryCount": "99",
};

test("stored headers keep their case, lose what is reserved, gain the User-Agent and nothing else", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const headers = { "X-Mixed-Case": "preserve-me", "content-type": "application/json", ...reserved };
  const { body } = await createTask(emulator, { delaySeconds: 60, httpRequest: { headers, body: "aGk=" } });
  const stored = {
    "X-Mixed-Case": "preserve-me",
    "content-type": "application/json",
    "User-Agent": "Google-Cloud-Tasks",
  };
  expect(body.httpRequest?.headers).toEqual(stored);
  const [listed] = await listTasks(emulator);
  expect(listed?.httpRequest.headers).toEqual(stored);
});

test("no Content-Type is invented, neither stored nor sent", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { url: target.url, httpRequest: { body: "aGk=" } });
  await emulator.idle();
  expect(target.received[0]?.headers["content-type"]).toBeUndefined();
  expect(target.received[0]?.body).toBe("hi");
});

/** The table that was captured from the real service, for a task whose handler answers 503, 404, 429, 500, 302, 200. */
const captured = [
  { retry: "0", execution: "0", previous: undefined, reason: undefined },
  { retry: "1", execution: "0", previous: "503", reason: "" },
  { retry: "2", execution: "1", previous: "404", reason: "" },
  { retry: "3", execution: "2", previous: "429", reason: "" },
  { retry: "4", execution: "2", previous: "500", reason: "" },
  { retry: "5", execution: "3", previous: "302", reason: "" },
];

test("the headers of each attempt are those of the captured table", async () => {
  await using target = await startTarget(503, 404, 429, 500, 302, 200);
  await using emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { id: "t-1", url: target.url });
  await emulator.advance("1h");
  const seen = target.received.map(({ headers }) => ({
    retry: headers["x-cloudtasks-taskretrycount"],
    execution: headers["x-cloudtasks-taskexecutioncount"],
    previous: headers["x-cloudtasks-taskpreviousresponse"],
    reason: headers["x-cloudtasks-taskretryreason"],
  }));
  expect(seen).toEqual(captured);
  expect(await listTasks(emulator)).toEqual([]);
});

test("every attempt names its queue and its task by their ids, spelled as Cloud Tasks spells them", async () => {
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

test("the ETA is the schedule time in seconds with a fraction, and that of a retry is the retry's", async () => {
  await using target = await startTarget(500, 200);
  await using emulator = await createEmulator({ queues: [{ name: "default", minBackoff: "100s" }] });
  await createTask(emulator, { url: target.url });
  await emulator.idle();
  const [waiting] = await listTasks(emulator);
  await emulator.advance("100s");
  const etas = target.received.map(({ headers }) => headers["x-cloudtasks-tasketa"] ?? "");
  expect(etas).toEqual(etas.filter((eta) => /^\d{10}\.\d{6}$/.test(eta)));
  expect(Number(etas[1])).toBeCloseTo(Date.parse(waiting?.scheduleTime ?? "") / 1000, 2);
});

test("what is added for a dispatch never shows up on the task, the token least of all", async () => {
  await using target = await startTarget(500);
  await using emulator = await createEmulator({ queues: [{ name: "default", minBackoff: "1h" }] });
  const oidcToken = { serviceAccountEmail: "tasks@example.com" };
  await createTask(emulator, { id: "t", url: target.url, httpRequest: { oidcToken, headers: { "X-A": "b" } } });
  await emulator.idle();
  const { body } = await call(emulator, "GET", `${queuePath(emulator, "default")}/tasks/t?responseView=FULL`);
  expect(body.httpRequest).toEqual({
    url: target.url,
    httpMethod: "POST",
    headers: { "X-A": "b", "User-Agent": "Google-Cloud-Tasks" },
    oidcToken,
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

test("headers of the connection are the emulator's own", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const headers = { "Transfer-Encoding": "chunked", Expect: "100-continue", Connection: "close", Upgrade: "h2c" };
  await createTask(emulator, { url: target.url, httpRequest: { headers, body: "aGk=" } });
  await emulator.idle();
  expect(target.received[0]?.headers).toMatchObject({ connection: "keep-alive", "content-length": "2" });
  expect(target.received[0]?.headers).not.toHaveProperty("transfer-encoding");
});
