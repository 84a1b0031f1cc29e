/** Bugs of other emulators, tested through the public API. Further ones are covered by the tests of the engine and the service. */
import { createEmulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, listTasks, queuePath } from "../support/api.ts";
import { hang, startTarget } from "../support/target.ts";

const START = "2030-01-01T00:00:00Z";

test("an exhausted task is not listed any more, and was attempted exactly max_attempts times", async () => {
  await using target = await startTarget(500);
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 3 } } } });
  await createTask(emulator, { url: target.url });
  await emulator.advance("1d");
  expect(target.received).toHaveLength(3);
  expect(await listTasks(emulator)).toEqual([]);
});

test("a task with max_attempts -1 is retried", async () => {
  await using target = await startTarget(500);
  await using emulator = await createEmulator({
    queues: { default: { retry: { maxAttempts: -1, maxBackoff: "1h" } } },
  });
  await createTask(emulator, { url: target.url });
  await emulator.advance("6d");
  expect(target.received.length).toBeGreaterThan(120);
});

test("a resumed queue dispatches its waiting tasks and later ones", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const queue = queuePath(emulator, "default");
  await call(emulator, "POST", `${queue}:pause`);
  await createTask(emulator, { id: "a", url: target.url });
  await emulator.idle();
  expect(target.received).toHaveLength(0);
  await call(emulator, "POST", `${queue}:resume`);
  await emulator.idle();
  await createTask(emulator, { id: "b", url: target.url });
  await emulator.idle();
  expect(target.received.map(({ headers }) => headers["x-cloudtasks-taskname"])).toEqual(["a", "b"]);
});

test("a task is delivered once at its schedule time, and not before", async () => {
  await using target = await startTarget(200);
  const clock = new ManualClock(START);
  await using emulator = await createEmulator({ clock, queues: ["default"] });
  await createTask(emulator, { url: target.url, delaySeconds: 3600, now: clock.now() });
  await emulator.advance("59m");
  expect(target.received).toHaveLength(0);
  await emulator.advance("1m");
  expect(target.received).toHaveLength(1);
});

test("a rate below one per second neither divides by zero nor stops the queue", async () => {
  await using target = await startTarget(200);
  const clock = new ManualClock(START);
  await using emulator = await createEmulator({ clock, queues: { default: { rate: 0.1, burst: 1 } } });
  for (const id of ["a", "b", "c"]) await createTask(emulator, { id, url: target.url });
  await emulator.advance("9s");
  expect(target.received).toHaveLength(1);
  await emulator.advance("11s");
  expect(target.received).toHaveLength(3);
});

test("the backoff starts at the failure, not at the schedule time", async () => {
  await using target = await startTarget(hang, 200);
  const clock = new ManualClock(START);
  await using emulator = await createEmulator({ clock, queues: { default: { retry: { minBackoff: "10s" } } } });
  await createTask(emulator, { url: target.url, dispatchDeadline: "60s" });
  await target.count(1);
  await emulator.advance("60s", { targetTimeout: "200ms" });
  expect((await listTasks(emulator))[0]?.scheduleTime).toBe("2030-01-01T00:01:10Z");
});

test("a task that waits for its retry does not count towards the concurrency limit", async () => {
  await using target = await startTarget(500, 200);
  await using emulator = await createEmulator({ queues: { default: { concurrency: 1, retry: { minBackoff: "1h" } } } });
  for (const id of ["a", "b"]) await createTask(emulator, { id, url: target.url });
  await emulator.idle();
  expect(target.received.map(({ headers }) => headers["x-cloudtasks-taskname"])).toEqual(["a", "b"]);
});

test("the emulator keeps running after a pause or purge of a missing queue", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  for (const verb of ["pause", "resume", "purge"]) {
    expect((await call(emulator, "POST", `${queuePath(emulator, "none")}:${verb}`)).status).toBe(404);
  }
  expect((await call(emulator, "GET", queuePath(emulator, "default"))).status).toBe(200);
});

test("a task that is deleted at the moment when it is due is not delivered", async () => {
  await using target = await startTarget(200);
  const clock = new ManualClock(START);
  await using emulator = await createEmulator({ clock, queues: ["default"] });
  await createTask(emulator, { id: "t", url: target.url, delaySeconds: 10, now: clock.now() });
  await call(emulator, "DELETE", `${queuePath(emulator, "default")}/tasks/t`);
  await emulator.advance("10s");
  expect(target.received).toHaveLength(0);
});
