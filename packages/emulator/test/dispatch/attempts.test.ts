import { type AttemptFinished, createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, listTasks, queuePath } from "../support/api.ts";
import { answer, hang, reset, startTarget } from "../support/target.ts";

/** Collects the finished attempts. */
function finishedOf(emulator: Emulator): AttemptFinished[] {
  const finished: AttemptFinished[] = [];
  emulator.on("attempt", (event) => {
    const ends = [event].filter((one): one is AttemptFinished => one.phase === "finished");
    finished.push(...ends);
  });
  return finished;
}

test.each([200, 201, 204, 299])("a response of %s completes the task", async (status) => {
  await using target = await startTarget(status);
  await using emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { url: target.url });
  await emulator.idle();
  expect(await listTasks(emulator)).toEqual([]);
});

test("first_attempt has only its dispatch time, last_attempt has all fields", async () => {
  await using target = await startTarget(500);
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  await using emulator = await createEmulator({
    clock,
    queues: { default: { retry: { minBackoff: "10s", maxAttempts: 9 } } },
  });
  await createTask(emulator, { url: target.url });
  await emulator.advance("10s");
  const [task] = await listTasks(emulator);
  expect(task).toMatchObject({
    dispatchCount: 2,
    scheduleTime: "2030-01-01T00:00:30Z",
    lastAttempt: {
      scheduleTime: "2030-01-01T00:00:10Z",
      dispatchTime: "2030-01-01T00:00:10Z",
      responseTime: "2030-01-01T00:00:10Z",
    },
  });
  expect(task?.firstAttempt).toEqual({ dispatchTime: "2030-01-01T00:00:00Z" });
});

test("a refused connection fails the attempt without a response, and the retry has no previous response header", async () => {
  await using emulator = await createEmulator({ queues: { default: { retry: { minBackoff: "1h" } } } });
  const finished = finishedOf(emulator);
  await createTask(emulator, { url: "http://127.0.0.1:9/" });
  await emulator.idle();
  const [task] = await listTasks(emulator);
  expect(task).toMatchObject({ dispatchCount: 1 });
  expect(task).not.toHaveProperty("responseCount");
  expect(finished).toMatchObject([
    { outcome: "retrying", status: undefined, error: expect.stringContaining("ECONNREFUSED") },
  ]);
});

test("a reset connection fails the attempt without a response", async () => {
  await using target = await startTarget(reset, 200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const finished = finishedOf(emulator);
  await createTask(emulator, { url: target.url });
  await emulator.advance("1s");
  expect(finished.map(({ status, outcome }) => [status, outcome])).toEqual([
    [undefined, "retrying"],
    [200, "succeeded"],
  ]);
  expect(target.received[1]?.headers).toMatchObject({
    "x-cloudtasks-taskretrycount": "1",
    "x-cloudtasks-taskexecutioncount": "0",
    "x-cloudtasks-taskretryreason": "",
  });
  expect(target.received[1]?.headers).not.toHaveProperty("x-cloudtasks-taskpreviousresponse");
});

test("a task with an unparsable url fails when it is dispatched", async () => {
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });
  const finished = finishedOf(emulator);
  await createTask(emulator, { url: "http://[bad" });
  await emulator.idle();
  expect(finished).toMatchObject([{ outcome: "exhausted", error: "Invalid URL" }]);
});

test("a handler that never answers exceeds its deadline: status 504, no response, and a retry", async () => {
  await using target = await startTarget(hang, 200);
  await using emulator = await createEmulator({ clock: new ManualClock(), queues: ["default"] });
  const finished = finishedOf(emulator);
  await createTask(emulator, { url: target.url, dispatchDeadline: "15s" });
  await target.count(1);
  await emulator.advance("16s", { targetTimeout: "200ms" });
  expect(finished).toMatchObject([
    { outcome: "retrying", durationMs: 15_000, error: "deadline exceeded" },
    { outcome: "succeeded", attempt: 2 },
  ]);
  expect(target.received[1]?.headers).toMatchObject({
    "x-cloudtasks-taskpreviousresponse": "504",
    "x-cloudtasks-taskexecutioncount": "0",
    "x-cloudtasks-taskretryreason": "",
  });
});

test("an endless response is cut off, and its status counts", async () => {
  const endless = Buffer.alloc(3 * 1024 * 1024, "a");
  await using target = await startTarget((response) => void response.writeHead(200).write(endless));
  await using emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { url: target.url });
  await emulator.idle();
  expect(await listTasks(emulator)).toEqual([]);
});

test("an incomplete response counts as no response", async () => {
  await using target = await startTarget((response, socket) => {
    response.writeHead(200, { "Content-Length": 100 });
    response.write("half", () => socket.destroy());
  }, 200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const finished = finishedOf(emulator);
  await createTask(emulator, { url: target.url });
  await emulator.advance("1s");
  expect(finished.map(({ outcome }) => outcome)).toEqual(["retrying", "succeeded"]);
});

const later = [
  ["120", "2030-01-01T00:02:00Z"],
  ["Tue, 01 Jan 2030 00:05:00 GMT", "2030-01-01T00:05:00Z"],
  ["1", "2030-01-01T00:00:30Z"],
  ["Tue, 01 Jan 2019 00:05:00 GMT", "2030-01-01T00:00:30Z"],
  ["999999999999999", "9999-12-31T23:59:59.999Z"],
  ["soon", "2030-01-01T00:00:30Z"],
  ["-5", "2030-01-01T00:00:30Z"],
] as const;

test.each(later)("Retry-After: %s with a backoff of 30 s schedules the retry for %s", async (header, scheduleTime) => {
  await using target = await startTarget(answer(503, { "Retry-After": header }));
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  await using emulator = await createEmulator({ clock, queues: { default: { retry: { minBackoff: "30s" } } } });
  await createTask(emulator, { url: target.url });
  await emulator.idle();
  const [task] = await listTasks(emulator);
  expect(task?.scheduleTime).toBe(scheduleTime);
});

test("RunTask works while the queue is paused", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const queue = queuePath(emulator, "default");
  await call(emulator, "POST", `${queue}:pause`);
  await createTask(emulator, { id: "t", url: target.url });
  await createTask(emulator, { id: "u", url: target.url });
  await call(emulator, "POST", `${queue}/tasks/t:run`);
  await emulator.idle();
  expect(target.received.map(({ headers }) => headers["x-cloudtasks-taskname"])).toEqual(["t"]);
});

test("a task that is deleted during its delivery is not retried, even if the delivery fails", async () => {
  const hold: { release?: () => void } = {};
  await using target = await startTarget((response) => {
    hold.release = () => response.writeHead(500).end();
  });
  await using emulator = await createEmulator({ queues: ["default"] });
  const finished = finishedOf(emulator);
  await createTask(emulator, { id: "t", url: target.url });
  await target.count(1);
  await call(emulator, "DELETE", `${queuePath(emulator, "default")}/tasks/t`);
  hold.release?.();
  await emulator.advance("1h");
  expect(finished.map(({ outcome }) => outcome)).toEqual(["ignored"]);
  expect(target.received).toHaveLength(1);
});

test("a purge deletes earlier tasks and keeps later ones", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  for (const id of ["a", "b"]) await createTask(emulator, { id, url: target.url, delaySeconds: 60 });
  await call(emulator, "POST", `${queuePath(emulator, "default")}:purge`);
  await createTask(emulator, { id: "c", url: target.url, delaySeconds: 60 });
  await emulator.advance("1h");
  expect(target.received.map(({ headers }) => headers["x-cloudtasks-taskname"])).toEqual(["c"]);
});
