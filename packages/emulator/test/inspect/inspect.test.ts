import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, queuePath } from "../support/api.ts";
import { get, type Json } from "../support/inspect.ts";
import { hang, startTarget } from "../support/target.ts";

const NOON = "2030-01-01T12:00:00Z";

/** Returns the last part of each name. */
function idsOf(items: Json | undefined, field = "name"): string[] {
  return (items as unknown as readonly Json[]).map((item) => String(item[field]).replace(/^.*\/queues\//, ""));
}

async function createTasks(emulator: Emulator, queue: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await createTask(emulator, { queue, id: `t${index}`, delaySeconds: 60, now: Date.parse(NOON) });
  }
}

/** Reads all pages of a list. */
async function pages(emulator: Emulator, path: string, list: string, field?: string): Promise<string[][]> {
  const read: string[][] = [];
  for (let cursor = ""; ; ) {
    const { body } = await get(emulator, `${path}${cursor}`);
    read.push(idsOf(body[list] as Json, field));
    if (body.nextCursor === undefined) return read;
    cursor = `&cursor=${body.nextCursor}`;
  }
}

test("a queue has its settings and the numbers of its tasks and attempts", async () => {
  await using target = await startTarget(hang);
  await using emulator = await createEmulator({
    clock: new ManualClock(NOON),
    queues: { q: { rate: 5, retry: { maxAttempts: 3 } } },
  });
  await createTask(emulator, { queue: "q", url: target.url });
  await createTasks(emulator, "q", 2);
  await target.count(1);
  const none = { scheduled: 0, due: 0, running: 0, retrying: 0, succeeded: 0, discarded: 0, exhausted: 0, deleted: 0 };
  const bucket = { created: 3, started: 1, succeeded: 0, failed: 0, discarded: 0, exhausted: 0 };
  const { body } = await get(emulator, "queues");
  const queue = {
    name: queuePath(emulator, "q"),
    id: "q",
    state: "RUNNING",
    maxDispatchesPerSecond: 5,
    maxBurstSize: expect.any(Number),
    maxConcurrentDispatches: 1000,
    maxAttempts: 3,
    maxRetryDurationMs: 0,
    minBackoffMs: 100,
    maxBackoffMs: 3_600_000,
    maxDoublings: 16,
    taskTtlMs: 31 * 86_400_000,
    tasks: 3,
    waiting: 2,
    counts: { ...none, scheduled: 2, running: 1 },
    deadLetters: 0,
    inFlight: 1,
    executedLastMinute: 0,
    effectiveRate: 5,
    nextScheduleTime: "2030-01-01T12:01:00Z",
    isDue: false,
    lastMinute: { time: "2030-01-01T11:59:00Z", ...bucket },
    blockers: [],
  };
  expect(body).toEqual({ queues: [queue] });
  expect((await get(emulator, `queues/${queue.name}`)).body).toEqual(queue);
});

test("queues are returned in pages, in order of name", async () => {
  await using emulator = await createEmulator({ queues: ["c", "a", "d", "b", "e"] });
  expect(await pages(emulator, "queues?limit=2", "queues")).toEqual([["a", "b"], ["c", "d"], ["e"]]);
});

test("a waiting task has its schedule and its request, without secrets", async () => {
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  const httpRequest = {
    url: "http://u:p@127.0.0.1:9/?token=abc&a=1",
    headers: { Authorization: "Bearer abc", "X-A": "1" },
    body: Buffer.from('{"password":"abc"}').toString("base64"),
  };
  await createTask(emulator, { id: "t", delaySeconds: 60, now: Date.parse(NOON), httpRequest });
  const queue = queuePath(emulator, "default");
  const summary = { kind: "http", method: "POST", url: "http://***@127.0.0.1:9/?token=***&a=1", bodySize: 18 };
  const task = {
    name: `${queue}/tasks/t`,
    queue,
    id: "t",
    sequence: 1,
    state: "scheduled",
    createTime: NOON,
    scheduleTime: "2030-01-01T12:01:00Z",
    dispatchDeadlineMs: 600_000,
    dispatchCount: 0,
    responseCount: 0,
    failureCount: 0,
    waits: [{ reason: "scheduleTime", until: "2030-01-01T12:01:00Z" }],
  };
  const preview = '{"password":"***"}';
  expect((await get(emulator, "tasks")).body.tasks).toEqual([{ ...task, request: { ...summary, preview } }]);
  const headers = expect.arrayContaining([
    ["Authorization", "Bearer ***"],
    ["X-A", "1"],
  ]);
  const request = { ...summary, headers, body: '{"password":"***"}', bodyEncoding: "text" };
  expect((await get(emulator, `tasks/${queue}/tasks/t`)).body).toEqual({
    task: { ...task, request, running: [] },
    attempts: [],
  });
  expect((await get(emulator, `tasks/${encodeURIComponent(`${queue}/tasks/t`)}`)).status).toBe(200);
});

test("a failed task has its last attempt, and a succeeded task stays in the history with its attempts", async () => {
  await using target = await startTarget(500, 200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  await createTask(emulator, { id: "t", url: target.url });
  await emulator.idle();
  const path = `tasks/${queuePath(emulator, "default")}/tasks/t`;
  const { body } = await get(emulator, path);
  const attempt = { outcome: "retrying", status: 500, retryTime: "2030-01-01T12:00:00.100Z" };
  expect(body).toMatchObject({
    task: {
      failureCount: 1,
      firstDispatchTime: NOON,
      lastAttempt: { scheduleTime: NOON, dispatchTime: NOON, finishTime: NOON, status: 500, timedOut: false },
    },
    attempts: [attempt],
  });
  await emulator.advance("1s");
  const { body: after } = await get(emulator, path);
  expect(after).toMatchObject({
    task: {
      state: "succeeded",
      finishTime: "2030-01-01T12:00:00.100Z",
      dispatchCount: 2,
      failureCount: 1,
      firstDispatchTime: NOON,
      lastAttempt: { status: 200 },
      request: { kind: "http", url: `${target.url}` },
    },
    attempts: [{ outcome: "succeeded", attempt: 2 }, attempt],
  });
});

test("tasks are returned in pages, the newest first", async () => {
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: ["b", "a", "c"] });
  await createTasks(emulator, "b", 3);
  await createTasks(emulator, "a", 2);
  const all = [["a/tasks/t1", "a/tasks/t0"], ["b/tasks/t2", "b/tasks/t1"], ["b/tasks/t0"]];
  expect(await pages(emulator, "tasks?limit=2", "tasks")).toEqual(all);
  const forward = [["b/tasks/t0", "b/tasks/t1"], ["b/tasks/t2", "a/tasks/t0"], ["a/tasks/t1"]];
  expect(await pages(emulator, "tasks?limit=2&sort=create", "tasks")).toEqual(forward);
  expect(await pages(emulator, "tasks?limit=2&queue=b", "tasks")).toEqual(all.slice(1));
  expect(await pages(emulator, "tasks?limit=2&queue=c", "tasks")).toEqual([[]]);
});

test("tasks can be filtered by state", async () => {
  await using target = await startTarget(hang);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: ["a", "b"] });
  await createTasks(emulator, "a", 2);
  for (const [queue, id] of [
    ["b", "r1"],
    ["a", "r2"],
    ["a", "r3"],
  ] as const) {
    await createTask(emulator, { queue, id, url: target.url });
  }
  await target.count(3);
  const running = [["b/tasks/r1", "a/tasks/r2"], ["a/tasks/r3"]];
  expect(await pages(emulator, "tasks?limit=2&state=running", "tasks")).toEqual([...running]);
  expect((await pages(emulator, "tasks?state=running&queue=b", "tasks")).flat()).toEqual(["b/tasks/r1"]);
  expect((await pages(emulator, "tasks?state=waiting", "tasks")).flat()).toEqual(["a/tasks/t0", "a/tasks/t1"]);
  await call(emulator, "DELETE", `${queuePath(emulator, "b")}/tasks/r1`);
  expect((await pages(emulator, "tasks?state=running", "tasks")).flat()).toEqual(["a/tasks/r2", "a/tasks/r3"]);
});

test("attempts are returned in pages, newest first, and can be filtered", async () => {
  await using target = await startTarget(200, 500, 200, 200);
  await using emulator = await createEmulator({
    clock: new ManualClock(NOON),
    queues: { a: null, b: { retry: { maxAttempts: 1 } } },
  });
  for (const [queue, id] of [
    ["a", "t1"],
    ["b", "t2"],
    ["a", "t3"],
    ["a", "t4"],
  ] as const) {
    await createTask(emulator, { queue, id, url: target.url });
    await emulator.idle();
  }
  const read = (query: string): Promise<string[][]> => pages(emulator, `attempts?${query}`, "attempts", "task");
  expect(await read("limit=2")).toEqual([
    ["a/tasks/t4", "a/tasks/t3"],
    ["b/tasks/t2", "a/tasks/t1"],
  ]);
  expect(await read("limit=2&queue=a")).toEqual([["a/tasks/t4", "a/tasks/t3"], ["a/tasks/t1"]]);
  expect(await read("outcome=exhausted")).toEqual([["b/tasks/t2"]]);
  expect(await read("task=t3")).toEqual([["a/tasks/t3"]]);
});

test("an attempt has its request and its response", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  await createTask(emulator, { id: "t", url: target.url });
  await emulator.idle();
  const [stored] = emulator.attempts();
  const { body } = await get(emulator, `attempts/${stored?.id}`);
  const queue = queuePath(emulator, "default");
  expect(body).toEqual({
    phase: "finished",
    id: String(stored?.id),
    task: `${queue}/tasks/t`,
    queue,
    attempt: 1,
    forced: false,
    sequence: 1,
    latenessMs: 0,
    createTime: NOON,
    scheduleTime: NOON,
    dispatchTime: NOON,
    finishTime: NOON,
    durationMs: 0,
    outcome: "succeeded",
    status: 200,
    request: stored?.request,
    response: stored?.response,
  });
  expect((await get(emulator, "attempts")).body).toEqual({ attempts: [body] });
});

const invalid = [
  ["nothing", 404, "/inspect/nothing"],
  ["attempts/7", 404, 'No attempt "7"'],
  ["attempts/x", 404, 'No attempt "x"'],
  ["tasks/projects/p/locations/l/queues/q/tasks/t", 404, "No task"],
  ["tasks/%ff", 400, "cannot be decoded"],
  ["tasks?state=done", 400, "state: expected one or more of scheduled, due, running, retrying"],
  ["tasks?limit=-1", 400, "limit: expected an integer"],
  ["tasks?limit=x", 400, "limit"],
  ["tasks?cursor=x", 400, "cursor: expected the nextCursor"],
  ["tasks?cursor=WzFd", 400, "cursor: expected a cursor of this list"],
  ["attempts?outcome=good", 400, "outcome: expected one of succeeded"],
  ["attempts?cursor=WyJhIl0", 400, "cursor: expected a cursor of this list"],
  ["events?types=all", 400, "types: expected one or more of attempt, task, queue"],
  ["events?lastEventId=x", 400, "Last-Event-ID: expected the id of an event"],
] as const;

test.each(invalid)("GET /inspect/%s is answered %s: %s", async (path, status, message) => {
  await using emulator = await createEmulator();
  const { body } = await get(emulator, path);
  expect(body.error).toMatchObject({ code: status, message: expect.stringContaining(message) });
});

test.each(["emulator", "queues", "tasks", "attempts", "attempts/1", "events"])(
  "/inspect/%s accepts only GET",
  async (path) => {
    await using emulator = await createEmulator();
    const response = await fetch(`${emulator.url}/inspect/${path}`, { method: "POST", body: "{}" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET"]);
  },
);

test("requests from a web page of another origin are rejected", async () => {
  await using emulator = await createEmulator();
  const headers = { Origin: "http://example.com" };
  expect((await fetch(`${emulator.url}/inspect/emulator`, { headers })).status).toBe(403);
  expect((await fetch(`${emulator.url}/control/reset`, { method: "POST", headers })).status).toBe(403);
});
