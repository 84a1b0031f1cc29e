import { createEmulator, ManualClock, SystemClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask, listTasks } from "../support/api.ts";
import { dataDir } from "../support/data-dir.ts";
import { control, get } from "../support/inspect.ts";
import { hang, startTarget } from "../support/target.ts";

const NOON = "2030-01-01T12:00:00Z";

test("POST /control/reset removes everything, like emulator.reset()", async () => {
  await using emulator = await createEmulator();
  emulator.faults.add({ on: "GetQueue", drop: true });
  await createTask(emulator, { delaySeconds: 60 });
  expect(await control(emulator, "POST", "reset")).toMatchObject({ status: 200, body: {} });
  expect([await listTasks(emulator), emulator.faults.list()]).toEqual([[], []]);
});

test("POST /control/idle is answered when everything is delivered", async () => {
  const answer: { release?: () => void } = {};
  await using target = await startTarget((response) => {
    answer.release = () => response.end();
  });
  await using emulator = await createEmulator();
  await createTask(emulator, { url: target.url });
  await target.count(1);
  const answers: number[] = [];
  const idle = control(emulator, "POST", "idle", { timeout: "20s" }).then(({ status }) => answers.push(status));
  await createTask(emulator, { delaySeconds: 60 });
  expect(answers).toEqual([]);
  answer.release?.();
  await idle;
  expect(answers).toEqual([200]);
  expect((await control(emulator, "POST", "idle")).status).toBe(200);
});

test("POST /control/idle is answered 504 after the timeout", async () => {
  await using target = await startTarget(hang);
  await using emulator = await createEmulator();
  await createTask(emulator, { url: target.url });
  await target.count(1);
  const { status, body } = await control(emulator, "POST", "idle", { timeout: "50ms" });
  expect([status, body.error]).toEqual([
    504,
    {
      code: 504,
      message: 'The emulator is not idle after "50ms"; attempts in flight: 1.',
      status: "DEADLINE_EXCEEDED",
    },
  ]);
});

test("the timeout of POST /control/idle can have a fraction", async () => {
  await using emulator = await createEmulator();
  expect((await control(emulator, "POST", "idle", { timeout: 33.3 })).status).toBe(200);
});

test("advance accepts a targetTimeout of any length", async () => {
  await using target = await startTarget((response) => setTimeout(() => response.end(), 100));
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  await createTask(emulator, { url: target.url, dispatchDeadline: "15s" });
  await emulator.advance("1m", { targetTimeout: "30d" });
  expect(emulator.attempts()).toMatchObject([{ outcome: "succeeded" }]);
});

test("the clock cannot be advanced beyond the year 9998", async () => {
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  const { status, body } = await control(emulator, "POST", "advance", { by: "100000000d" });
  expect([status, body.error]).toEqual([
    400,
    {
      code: 400,
      message: "by: the clock cannot be advanced beyond the end of the year 9998",
      status: "INVALID_ARGUMENT",
    },
  ]);
  await expect(emulator.advance("100000000d")).rejects.toThrow(TypeError);
  expect(() => new SystemClock().turnTo(1e15)).toThrow("beyond the end of the year 9998");
  expect((await control(emulator, "POST", "advance", { by: 0 })).body).toEqual({ now: NOON, attempts: 0 });
});

test("close() ends a pending POST /control/idle", async () => {
  await using target = await startTarget(hang);
  const emulator = await createEmulator();
  await createTask(emulator, { url: target.url });
  await target.count(1);
  const idle = control(emulator, "POST", "idle").then(
    () => "ended",
    () => "ended",
  );
  await emulator.close();
  expect(await idle).toBe("ended");
});

test("POST /control/advance delivers the tasks that become due and answers with the new time", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  await createTask(emulator, { url: target.url, delaySeconds: 600, now: Date.parse(NOON) });
  const { body } = await control(emulator, "POST", "advance", { by: "1h", targetTimeout: "10s" });
  expect([body, target.received.length]).toEqual([{ now: "2030-01-01T13:00:00Z", attempts: 1 }, 1]);
  expect((await control(emulator, "POST", "advance", { by: 0.25 })).body).toEqual({
    now: "2030-01-01T13:00:00.000250Z",
    attempts: 0,
  });
});

test("POST /control/advance stops when its caller disconnects", async () => {
  await using target = await startTarget(500, 500, hang);
  await using emulator = await createEmulator({
    clock: new ManualClock(NOON),
    queues: { default: { retry: { minBackoff: "1m" } } },
  });
  await createTask(emulator, { url: target.url, now: Date.parse(NOON) });
  const caller = new AbortController();
  const body = JSON.stringify({ by: "30d", targetTimeout: "1h" });
  const advance = fetch(`${emulator.url}/control/advance`, { method: "POST", body, signal: caller.signal });
  await target.count(3);
  caller.abort();
  await expect(advance).rejects.toThrow("abort");
  await createTask(emulator, { id: "later", url: target.url, delaySeconds: 86_400, now: Date.parse(NOON) });
  const { body: state } = await get(emulator, "emulator");
  expect(state).toMatchObject({ now: "2030-01-01T12:03:00Z" });
  await emulator.advance("1s", { targetTimeout: "50ms" });
  expect(target.received).toHaveLength(3);
});

test("the offset of the clock is shown, and reset with clock: true resets it", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  expect((await get(emulator, "emulator")).body).toMatchObject({ clockOffsetMs: 0 });
  await emulator.advance("2d");
  expect(emulator.clockOffsetMs).toBeGreaterThan(172_799_000);
  expect((await get(emulator, "emulator")).body).toMatchObject({ clockOffsetMs: emulator.clockOffsetMs });
  await control(emulator, "POST", "reset");
  expect(emulator.clockOffsetMs).toBeGreaterThan(172_799_000);
  expect((await control(emulator, "POST", "reset", { clock: true })).body).toMatchObject({ tasks: 0 });
  expect(emulator.clockOffsetMs).toBe(0);
  await createTask(emulator, { url: target.url });
  await emulator.idle();
  expect(target.received).toHaveLength(1);
});

test("a clock that was reset is stored with the data", async () => {
  const options = { dataDir: dataDir() };
  const before = await createEmulator(options);
  await before.advance("2d");
  await before.reset({ clock: true });
  await before.close();
  await using after = await createEmulator(options);
  expect(after.clockOffsetMs).toBe(0);
});

test("faults are added, listed, removed and cleared", async () => {
  await using emulator = await createEmulator();
  const fault = { on: "CreateTask", status: "UNAVAILABLE", times: 3 };
  const { status, body } = await control(emulator, "POST", "faults", fault);
  expect([status, body]).toEqual([200, { id: expect.any(String), fault, fired: 0, isUsedUp: false }]);
  expect((await createTask(emulator)).status).toBe(503);
  await control(emulator, "POST", "faults", { on: "delivery", twice: true });
  const { body: list } = await control(emulator, "GET", "faults");
  expect(list).toMatchObject({ faults: [{ id: body.id, fired: 1 }, { fault: { twice: true } }] });
  expect((await control(emulator, "DELETE", `faults/${body.id}`)).status).toBe(200);
  expect((await control(emulator, "DELETE", `faults/${body.id}`)).status).toBe(404);
  expect(emulator.faults.list()).toHaveLength(1);
  expect((await control(emulator, "DELETE", "faults")).status).toBe(200);
  expect((await control(emulator, "GET", "faults")).body).toEqual({ faults: [] });
});

test("POST /control/advance goes to a time, and stays if it has passed", async () => {
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  const to = (time: string): Promise<unknown> =>
    control(emulator, "POST", "advance", { to: time }).then(({ body }) => body.now);
  expect([await to("2030-01-01T13:00:00Z"), await to(NOON)]).toEqual(["2030-01-01T13:00:00Z", "2030-01-01T13:00:00Z"]);
});

test("POST /control/turn-back returns to the time of the machine, and tasks keep their times", async () => {
  await using emulator = await createEmulator();
  await emulator.advance("2h");
  await createTask(emulator, { id: "t", delaySeconds: 60, now: Date.now() + 7_200_000 });
  const { body } = await control(emulator, "POST", "turn-back");
  expect(Date.parse(String(body.now)) - Date.now()).toBeLessThan(10_000);
  expect(emulator.clockOffsetMs).toBe(0);
  const { body: tasks } = await get(emulator, "tasks");
  expect(tasks).toMatchObject({ tasks: [{ id: "t", state: "scheduled" }] });
});

test("a manual clock cannot be turned back", async () => {
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  const { status, body } = await control(emulator, "POST", "turn-back");
  expect([status, body.error]).toEqual([400, expect.objectContaining({ status: "FAILED_PRECONDITION" })]);
});

const invalid = [
  ["advance", {}, "by, to: expected exactly one of them"],
  ["advance", { by: "soon" }, 'by: expected a duration such as "30s"'],
  ["advance", { by: "1h", targetTimeout: -1 }, "targetTimeout: expected a duration"],
  ["advance", { by: "1h", unit: "s" }, "unit is not a field of this request; its fields are: by, to, targetTimeout"],
  ["idle", { timeout: "never" }, "timeout: expected a duration"],
  ["idle", "[]", "must be a JSON object"],
  ["idle", "{", "Invalid JSON"],
  ["reset", { hard: true }, "hard is not a field of this request; its fields are: clock"],
  ["reset", { clock: 1 }, "clock: expected true or false"],
  ["faults", {}, "on: expected"],
  ["faults", { on: "CreateTask", status: "NO" }, "status: expected one of CANCELLED"],
] as const;

test.each(invalid)("POST /control/%s with %j is rejected: %s", async (path, body, message) => {
  await using emulator = await createEmulator();
  const answer = await control(emulator, "POST", path, body);
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatchObject({ status: "INVALID_ARGUMENT", message: expect.stringContaining(message) });
});

test.each([
  ["GET", "reset", 405],
  ["DELETE", "idle", 405],
  ["PUT", "faults", 405],
  ["POST", "faults/1", 405],
  ["POST", "nothing", 404],
  ["POST", "", 404],
])("%s /control/%s is answered %s", async (method, path, status) => {
  await using emulator = await createEmulator();
  expect((await control(emulator, method, path)).status).toBe(status);
});

test("a body that is too large is rejected, and the connection is closed", async () => {
  await using emulator = await createEmulator();
  const { status } = await control(emulator, "POST", "reset", " ".repeat(11 * 1024 * 1024));
  expect(status).toBe(400);
  expect((await control(emulator, "POST", "reset")).status).toBe(200);
});
