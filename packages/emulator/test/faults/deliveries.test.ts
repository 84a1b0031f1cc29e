import { createEmulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask, listTasks, queuePath } from "../support/api.ts";
import { hang, startTarget } from "../support/target.ts";

const NOON = Date.parse("2030-01-01T12:00:00Z");

test("a delivery that a fault answers does not reach its target, is retried, and the history shows why", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  const fault = emulator.faults.add({ on: "delivery", status: 503, times: 3 });
  await createTask(emulator, { url: target.url });
  await emulator.advance("1m");
  expect(emulator.attempts().map(({ status, outcome }) => [status, outcome])).toEqual([
    [200, "succeeded"],
    [503, "retrying"],
    [503, "retrying"],
    [503, "retrying"],
  ]);
  expect([target.received.length, fault.isUsedUp]).toEqual([1, true]);
  const { request, response } = emulator.attempts()[1] ?? {};
  expect(request).toBeUndefined();
  expect(response?.body).toBe("a fault of the emulator answered 503; the request was not sent");
});

test("a delivery that a fault answers with 2xx succeeds", async () => {
  await using target = await startTarget(500);
  await using emulator = await createEmulator();
  emulator.faults.add({ on: "delivery", status: 204 });
  await createTask(emulator, { url: target.url });
  await emulator.idle();
  expect(emulator.attempts()).toMatchObject([{ outcome: "succeeded", status: 204 }]);
  expect(target.received).toEqual([]);
});

test("a delivery that is sent twice has the same headers both times and counts as one attempt", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  const fault = emulator.faults.add({ on: "delivery", twice: true });
  await createTask(emulator, { id: "a", url: target.url });
  await createTask(emulator, { id: "b", url: target.url });
  await emulator.idle();
  const names = target.received.map(({ headers }) => headers["x-cloudtasks-taskname"]);
  expect(names.sort()).toEqual(["a", "a", "b"]);
  const [first, second] = target.received.filter(({ headers }) => headers["x-cloudtasks-taskname"] === "a");
  expect(second?.headers).toEqual(first?.headers);
  expect([fault.fired, emulator.attempts().length]).toEqual([1, 2]);
});

test("if a delivery is sent twice, the first answer counts, and idle() waits for the second", async () => {
  const second: { release?: () => void } = {};
  await using target = await startTarget(200, (response) => {
    second.release = () => response.writeHead(500).end();
  });
  await using emulator = await createEmulator();
  emulator.faults.add({ on: "delivery", twice: true });
  let isIdle = false;
  await createTask(emulator, { url: target.url });
  const idle = emulator.idle().then(() => {
    isIdle = true;
  });
  await target.count(2);
  await expect.poll(() => emulator.attempts().map(({ outcome }) => outcome)).toEqual(["succeeded"]);
  expect([isIdle, await listTasks(emulator)]).toEqual([false, []]);
  second.release?.();
  await idle;
  expect(emulator.attempts()).toHaveLength(1);
});

test("if a delivery is sent twice, the second request is aborted at the deadline of the attempt", async () => {
  await using target = await startTarget(200, hang);
  const clock = new ManualClock(NOON);
  await using emulator = await createEmulator({ clock });
  emulator.faults.add({ on: "delivery", twice: true });
  await createTask(emulator, { url: target.url, dispatchDeadline: "15s" });
  await target.count(2);
  await expect.poll(() => emulator.attempts()).toHaveLength(1);
  clock.advance("15s");
  await emulator.idle();
  expect(emulator.attempts()).toMatchObject([{ outcome: "succeeded" }]);
});

test("if a delivery is sent twice, close() aborts the second request", async () => {
  const connection: { isClosed?: boolean } = {};
  await using target = await startTarget(200, (_, socket) => {
    socket.on("close", () => {
      connection.isClosed = true;
    });
  });
  const emulator = await createEmulator();
  emulator.faults.add({ on: "delivery", twice: true });
  await createTask(emulator, { url: target.url });
  await target.count(2);
  await emulator.close();
  await expect.poll(() => connection.isClosed).toBe(true);
});

test("a delayed delivery is sent after the delay, and the attempt starts before the delay", async () => {
  await using target = await startTarget(200);
  const clock = new ManualClock(NOON);
  await using emulator = await createEmulator({ clock });
  const fault = emulator.faults.add({ on: "delivery", delay: "2s" });
  await createTask(emulator, { url: target.url });
  await expect.poll(() => fault.fired).toBe(1);
  clock.advance("1999ms");
  expect(target.received).toEqual([]);
  clock.advance("1ms");
  await emulator.idle();
  expect(emulator.attempts()).toMatchObject([{ outcome: "succeeded", dispatchedAt: NOON, at: NOON + 2_000 }]);
});

test("advance() runs a delayed delivery without waiting in real time", async () => {
  await using target = await startTarget(200);
  const clock = new ManualClock(NOON);
  await using emulator = await createEmulator({ clock });
  emulator.faults.add({ on: "delivery", delay: "2s" });
  await createTask(emulator, { url: target.url });
  await emulator.advance("1h", { targetTimeout: "15s" });
  expect(emulator.attempts()).toMatchObject([{ outcome: "succeeded", at: NOON + 2_000 }]);
});

test("a delivery that is delayed beyond its deadline is never sent", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({
    clock: new ManualClock(NOON),
    queues: { default: { retry: { maxAttempts: 1 } } },
  });
  emulator.faults.add({ on: "delivery", delay: "20s" });
  await createTask(emulator, { url: target.url, dispatchDeadline: "15s" });
  await emulator.advance("1h");
  expect(emulator.attempts()).toMatchObject([{ outcome: "exhausted", error: "deadline exceeded", request: undefined }]);
  expect(target.received).toEqual([]);
});

test("a dropped request does not reach its target and is retried", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  emulator.faults.add({ on: "delivery", drop: "request" });
  await createTask(emulator, { url: target.url });
  await emulator.advance("1s");
  expect(emulator.attempts()).toMatchObject([
    { attempt: 2, outcome: "succeeded" },
    {
      attempt: 1,
      outcome: "retrying",
      error: expect.stringContaining("dropped the request before it was sent"),
      request: undefined,
    },
  ]);
  expect(target.received).toHaveLength(1);
});

test("after a dropped answer the task is retried, although the target handled it", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  emulator.faults.add({ on: "delivery", drop: "response" });
  await createTask(emulator, { url: target.url });
  await emulator.advance("1s");
  expect(target.received.map(({ headers }) => headers["x-cloudtasks-taskretrycount"])).toEqual(["0", "1"]);
  const [, dropped] = emulator.attempts();
  expect(dropped).toMatchObject({ outcome: "retrying", error: expect.stringContaining("answered 200") });
  expect([dropped?.status, dropped?.response, dropped?.request?.url]).toEqual([undefined, undefined, target.url]);
});

test("an attempt that fails by itself reports its own error, even with a fault that drops the answer", async () => {
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });
  emulator.faults.add({ on: "delivery", drop: "response" });
  await createTask(emulator, { url: "http://127.0.0.1:9/" });
  await emulator.idle();
  expect(emulator.attempts()).toMatchObject([{ error: expect.stringContaining("ECONNREFUSED") }]);
});

const filters = [
  [{ queue: "b" }, ["a/t1", "a/t2"]],
  [{ task: "t1" }, ["a/t2", "b/t2"]],
  [{ queue: "a", task: "t2" }, ["a/t1", "b/t1", "b/t2"]],
  [{ queue: "c" }, ["a/t1", "a/t2", "b/t1", "b/t2"]],
] as const;

test.each(filters)("a fault with the filter %j does not affect %j", async (filter, delivered) => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: ["a", "b"] });
  emulator.faults.add({ on: "delivery", drop: "request", times: "always", ...filter });
  for (const queue of ["a", "b"]) {
    for (const id of ["t1", "t2"]) await createTask(emulator, { queue, id, url: target.url });
  }
  await emulator.idle();
  const reached = target.received.map(({ headers }) => {
    return `${headers["x-cloudtasks-queuename"]}/${headers["x-cloudtasks-taskname"]}`;
  });
  expect(reached.sort()).toEqual(delivered);
});

test("a fault can select one of several tasks with the same id by its full name", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: ["a", "b"] });
  emulator.faults.add({ on: "delivery", drop: "request", task: `${queuePath(emulator, "b")}/tasks/t` });
  for (const queue of ["a", "b"]) await createTask(emulator, { queue, id: "t", url: target.url });
  await emulator.idle();
  expect(target.received.map(({ headers }) => headers["x-cloudtasks-queuename"])).toEqual(["a"]);
});
