import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  type AttemptFinished,
  type AttemptStarted,
  createEmulator,
  ManualClock,
  SystemClock,
} from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, listTasks, queuePath } from "./support/api.ts";
import { hang, startTarget } from "./support/target.ts";

test("the emulator listens on a free port of 127.0.0.1", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  expect(emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(emulator).toMatchObject({ host: emulator.url.slice(7), project: "local-project", location: "us-central1" });
  expect(emulator.queues).toEqual([queuePath(emulator, "default")]);
});

test("two emulators in one process are independent", async () => {
  await using target = await startTarget(200);
  await using one = await createEmulator({ queues: ["default"] });
  await using other = await createEmulator({ queues: ["default"], clock: new ManualClock("2030-01-01T00:00:00Z") });
  await createTask(one, { id: "t", url: target.url, delaySeconds: 3600 });
  await createTask(other, { id: "t", url: "http://127.0.0.1:9/" });
  await other.close();
  await one.advance("1h");
  expect(target.received).toHaveLength(1);
});

test("a port in use rejects with the error of the socket", async () => {
  await using emulator = await createEmulator();
  const port = Number(new URL(emulator.url).port);
  await expect(createEmulator({ port })).rejects.toThrow("EADDRINUSE");
});

test("idle() resolves at once if no task is due", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  await expect(emulator.idle()).resolves.toBeUndefined();
});

test("idle() waits for rate-limited tasks, but not for retries, later tasks and paused queues", async () => {
  await using target = await startTarget(500, 200);
  const waits = { retry: { minBackoff: "1h" } };
  await using emulator = await createEmulator({
    queues: { default: waits, slow: { rate: 100, burst: 1 }, paused: null },
  });
  await call(emulator, "POST", `${queuePath(emulator, "paused")}:pause`);
  await createTask(emulator, { url: target.url });
  await createTask(emulator, { url: target.url, delaySeconds: 60 });
  await createTask(emulator, { url: target.url, queue: "paused" });
  await emulator.idle();
  expect(target.received).toHaveLength(1);
  for (const id of ["a", "b", "c"]) await createTask(emulator, { id, url: target.url, queue: "slow" });
  await emulator.idle();
  expect(target.received).toHaveLength(4);
});

test("advance() runs due tasks and retries of all queues in order of time", async () => {
  await using target = await startTarget(200, 500, 200, 200, 200);
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  await using emulator = await createEmulator({
    clock,
    queues: { default: { retry: { minBackoff: "90s" } }, other: null },
  });
  const now = clock.now();
  const plan = [
    ["c", 180, "other"],
    ["a", 60, "default"],
    ["b", 120, "default"],
    ["d", 300, "default"],
  ] as const;
  for (const [id, delaySeconds, queue] of plan)
    await createTask(emulator, { id, delaySeconds, queue, now, url: target.url });
  await emulator.advance("5m");
  expect(target.received.map(({ headers }) => headers["x-cloudtasks-taskname"])).toEqual(["a", "b", "c", "b", "d"]);
  expect(clock.now() - now).toBe(300_000);
});

test("advance() moves on if a target does not answer, and passes its deadline", async () => {
  await using target = await startTarget(hang, 200, 200);
  const clock = new ManualClock();
  await using emulator = await createEmulator({ clock, queues: ["default"] });
  const now = clock.now();
  await createTask(emulator, { id: "hangs", url: target.url, dispatchDeadline: "15s", now });
  await createTask(emulator, { id: "later", url: target.url, delaySeconds: 5, now });
  await target.count(1);
  await emulator.advance("1m", { targetTimeout: "200ms" });
  expect(target.received.map(({ headers }) => headers["x-cloudtasks-taskname"])).toEqual(["hangs", "later", "hangs"]);
});

test("advance() moves the default clock ahead of the machine's", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { url: target.url, delaySeconds: 3600 });
  await emulator.advance("2h");
  await createTask(emulator, { id: "t", delaySeconds: 60 });
  const { body } = await call(emulator, "GET", `${queuePath(emulator, "default")}`);
  expect(body.name).toBeDefined();
  expect(target.received).toHaveLength(1);
});

test("a task is delivered at its time by the system clock alone", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { url: target.url, delaySeconds: 0.05 });
  await target.count(1);
  await emulator.idle();
  const eta = Number(target.received[0]?.headers["x-cloudtasks-tasketa"]) * 1000;
  expect(Date.now()).toBeGreaterThanOrEqual(Math.floor(eta));
});

test("reset() aborts running attempts and restores the queues of the options", async () => {
  await using target = await startTarget(hang, 200);
  await using emulator = await createEmulator({ queues: { default: { rate: 7 } } });
  await createTask(emulator, { id: "t", url: target.url });
  await createTask(emulator, { id: "later", url: target.url, delaySeconds: 60 });
  await target.count(1);
  await call(emulator, "PATCH", `${queuePath(emulator, "new")}`, {});
  await emulator.reset();
  await emulator.idle();
  const { body } = await call(emulator, "GET", "projects/local-project/locations/us-central1/queues");
  expect(body.queues).toMatchObject([
    { name: queuePath(emulator, "default"), rateLimits: { maxDispatchesPerSecond: 7 } },
  ]);
  expect(await listTasks(emulator)).toEqual([]);
  expect((await createTask(emulator, { id: "t", url: target.url })).status).toBe(200);
  await emulator.advance("1h");
  expect(target.received).toHaveLength(2);
});

test("close() aborts running attempts, resolves pending idle() calls and rejects new connections", async () => {
  await using target = await startTarget(hang);
  const emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { url: target.url });
  await target.count(1);
  const idle = emulator.idle();
  await Promise.all([emulator.close(), emulator.close(), idle]);
  await expect(call(emulator, "GET", emulator.queues[0] ?? "")).rejects.toThrow("fetch failed");
});

test("idle() resolves at once after close()", async () => {
  const emulator = await createEmulator({ queues: ["default"] });
  await createTask(emulator, { url: "http://127.0.0.1:9/", delaySeconds: 60 });
  await emulator.close();
  await expect(emulator.idle()).resolves.toBeUndefined();
});

test("advance() rejects after close()", async () => {
  const emulator = await createEmulator({ queues: ["default"] });
  await emulator.close();
  await expect(emulator.advance("1h")).rejects.toThrow("emulator.advance: the emulator is closed");
});

test("listeners are notified of every started and finished attempt until they are removed", async () => {
  await using target = await startTarget(503, 200);
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  await using emulator = await createEmulator({ clock, queues: ["default"] });
  const events: (AttemptStarted | AttemptFinished)[] = [];
  const stop = emulator.on("attempt", (event) => events.push(event));
  await createTask(emulator, { id: "t", url: target.url });
  await emulator.advance("1s");
  stop();
  await createTask(emulator, { id: "u", url: target.url });
  await emulator.idle();
  const at = Date.parse("2030-01-01T00:00:00Z");
  const queue = queuePath(emulator, "default");
  const base = { task: `${queue}/tasks/t`, queue };
  const ended = { phase: "finished", durationMs: 0, error: undefined };
  expect(events).toMatchObject([
    { ...base, phase: "started", attempt: 1, at },
    { ...base, ...ended, attempt: 1, at, status: 503, outcome: "retrying", retryAt: at + 100 },
    { ...base, phase: "started", attempt: 2, at: at + 100 },
    { ...base, ...ended, attempt: 2, at: at + 100, status: 200, outcome: "succeeded", retryAt: undefined },
  ]);
});

test("a closed emulator does not keep the process alive", async () => {
  const script = `
    import { createEmulator } from ${JSON.stringify(fileURLToPath(new URL("../src/index.ts", import.meta.url)))};
    const emulator = await createEmulator({ queues: ["default"] });
    const httpRequest = { url: "http://127.0.0.1:9/", oidcToken: { serviceAccountEmail: "a@example.com" } };
    const body = JSON.stringify({ task: { httpRequest } });
    await (await fetch(emulator.url + "/v2/" + emulator.queues[0] + "/tasks", { method: "POST", body })).text();
    await emulator.close();
    console.log("closed");`;
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 15_000 });
  expect(stdout.trim()).toBe("closed");
});

test("the system clock calls back when it is moved past the time, unless the callback was cancelled", () => {
  const clock = new SystemClock();
  const called = new Promise<string>((resolve) => clock.wakeAt(clock.now() + 3_600_000, () => resolve("called")));
  const giveUp = clock.wakeAt(clock.now() + 60_000, () => {
    throw new Error("called after it was given up");
  });
  giveUp();
  clock.turnTo(clock.now() + 3_600_000);
  return expect(called).resolves.toBe("called");
});

test("a manual clock moves only on demand, calls back in order of time, and never moves back", () => {
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  const start = clock.now();
  const called: string[] = [];
  clock.wakeAt(start + 2_000, () => called.push("second"));
  clock.wakeAt(start + 1_000, () => called.push("first"));
  clock.wakeAt(start + 9_000, () => called.push("never"));
  clock.advance("5s");
  clock.turnTo(start);
  expect([called, clock.now() - start]).toEqual([["first", "second"], 5_000]);
});
