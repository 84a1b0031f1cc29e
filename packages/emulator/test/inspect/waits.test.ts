import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask, queuePath } from "../support/api.ts";
import { addQueue, addTask, engineBench } from "../support/engine.ts";
import { get, type Json } from "../support/inspect.ts";
import { inspectServer } from "../support/inspect-server.ts";
import { answer, hang, reset, startTarget } from "../support/target.ts";

const NOON = "2030-01-01T12:00:00Z";

async function waitsOf(emulator: Emulator, queue = "q"): Promise<unknown[]> {
  const { body } = await get(emulator, `tasks?queue=${queue}&sort=schedule`);
  return (body.tasks as readonly Json[]).map(({ waits }) => waits);
}

async function queueOf(emulator: Emulator): Promise<Json> {
  return (await get(emulator, `queues/${queuePath(emulator, "q")}`)).body;
}

function later(emulator: Emulator, seconds: number): Promise<unknown> {
  return createTask(emulator, { queue: "q", delaySeconds: seconds, now: Date.parse(NOON) });
}

test("a task waits for its schedule time, and afterwards for the queue to be resumed", async () => {
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: { q: { paused: true } } });
  await later(emulator, 60);
  const time = { reason: "scheduleTime", until: "2030-01-01T12:01:00Z" };
  expect(await waitsOf(emulator)).toEqual([[time, { reason: "paused" }]]);
  expect(await queueOf(emulator)).toMatchObject({ blockers: [], isDue: false });
  await emulator.advance("1m");
  expect(await waitsOf(emulator)).toEqual([[{ reason: "paused" }]]);
  expect(await queueOf(emulator)).toMatchObject({ blockers: [{ reason: "paused", due: 1 }], isDue: true });
});

test.each([
  ["backoff", answer(500, {}), "2030-01-01T12:00:10Z", {}],
  ["backoff", answer(500, { "Retry-After": "5" }), "2030-01-01T12:00:10Z", {}],
  ["retryAfter", answer(503, { "Retry-After": "60" }), "2030-01-01T12:01:00Z", { retryAfter: true }],
])("a failed task waits for its %s", async (reason, treatment, until, attempt) => {
  await using target = await startTarget(treatment);
  await using emulator = await createEmulator({
    clock: new ManualClock(NOON),
    queues: { q: { retry: { minBackoff: "10s" } } },
  });
  await createTask(emulator, { queue: "q", url: target.url });
  await emulator.idle();
  expect(await waitsOf(emulator)).toEqual([[{ reason, until }]]);
  expect((await get(emulator, "attempts")).body).toMatchObject({ attempts: [{ retryTime: until, ...attempt }] });
});

test("a queue with a rate starts its due tasks one after the other, and shows when", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: { q: { rate: 0.5, burst: 1 } } });
  for (let index = 0; index < 4; index += 1)
    await createTask(emulator, { queue: "q", id: `t${index}`, url: target.url });
  await target.count(1);
  await expect.poll(() => emulator.attempts().length).toBe(1);
  expect(await waitsOf(emulator)).toEqual([
    [{ reason: "rate", ahead: 0, until: "2030-01-01T12:00:02Z" }],
    [{ reason: "rate", ahead: 1, until: "2030-01-01T12:00:04Z" }],
    [{ reason: "rate", ahead: 2, until: "2030-01-01T12:00:06Z" }],
  ]);
  expect(await queueOf(emulator)).toMatchObject({
    blockers: [{ reason: "rate", due: 3, limit: 0.5, until: "2030-01-01T12:00:02Z" }],
  });
});

test("a queue whose attempts are all in use shows its limit", async () => {
  await using target = await startTarget(hang);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: { q: { concurrency: 1 } } });
  for (const id of ["a", "b"]) await createTask(emulator, { queue: "q", id, url: target.url });
  await target.count(1);
  const { body } = await get(emulator, "tasks?sort=create");
  expect(body.tasks).toMatchObject([{ state: "running", waits: [] }, { waits: [{ reason: "concurrency", ahead: 0 }] }]);
  expect(await queueOf(emulator)).toMatchObject({ blockers: [{ reason: "concurrency", due: 1, limit: 1 }] });
  const running = await get(emulator, `tasks/${queuePath(emulator, "q")}/tasks/a`);
  expect(running.body).toMatchObject({
    task: { running: [{ dispatchTime: NOON, deadline: "2030-01-01T12:10:00Z", forced: false }] },
  });
});

test("a throttled queue shows its lower rate", async () => {
  await using target = await startTarget(429);
  await using emulator = await createEmulator({
    clock: new ManualClock(NOON),
    throttling: true,
    queues: { q: { rate: 1, burst: 1, retry: { minBackoff: "1s" } } },
  });
  for (const id of ["a", "b"]) await createTask(emulator, { queue: "q", id, url: target.url });
  await expect.poll(() => emulator.attempts().length).toBe(1);
  const { blockers } = await queueOf(emulator);
  expect(blockers).toMatchObject([{ reason: "throttled", due: 1, limit: 0.5 }]);
});

const failures = [
  ["unreachable", reset, {}],
  [
    "unauthorized",
    401,
    { status: 401, audience: "https://api.example", serviceAccount: "a@p.iam.gserviceaccount.com" },
  ],
  ["forbidden", 403, { status: 403 }],
  ["notFound", 404, { status: 404 }],
  ["overloaded", 429, { status: 429 }],
  ["error", 500, { status: 500 }],
] as const;

test.each(failures)("a queue whose attempts all fail shows that it is %s", async (kind, treatment, shown) => {
  await using target = await startTarget(treatment);
  await using emulator = await createEmulator({
    clock: new ManualClock(NOON),
    queues: { q: { retry: { minBackoff: "1s", maxBackoff: "1s" } } },
  });
  const oidcToken = { serviceAccountEmail: "a@p.iam.gserviceaccount.com", audience: "https://api.example" };
  const httpRequest = { url: target.url, oidcToken, headers: { "CloudTask-Name": "send" } };
  await createTask(emulator, { queue: "q", id: "t", httpRequest });
  await emulator.idle();
  expect(await queueOf(emulator)).toMatchObject({ failing: { kind, count: 1 }, blockers: [] });
  await emulator.advance("2s");
  const attempt = String(emulator.attempts()[0]?.id);
  const facts = {
    kind,
    count: 3,
    since: NOON,
    lastTime: "2030-01-01T12:00:02Z",
    attempt,
    definition: "send",
    ...shown,
  };
  expect(await queueOf(emulator)).toMatchObject({
    failing: { ...facts, url: target.url },
    blockers: [{ reason: "failing", due: 0 }],
  });
});

test("a queue whose tasks have used up their retries is failing for an hour, and shows their token", async () => {
  await using target = await startTarget(403);
  const queues = { q: { retry: { maxAttempts: 2, minBackoff: "1s" } } } as const;
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues });
  const oidcToken = { serviceAccountEmail: "a@p.iam.gserviceaccount.com", audience: "https://api.example" };
  await createTask(emulator, { queue: "q", httpRequest: { url: target.url, oidcToken } });
  await emulator.advance("1m");
  expect(await queueOf(emulator)).toMatchObject({
    tasks: 0,
    failing: { count: 2, audience: "https://api.example", serviceAccount: "a@p.iam.gserviceaccount.com" },
    blockers: [{ reason: "failing", due: 0 }],
  });
  await emulator.advance("1h");
  expect(await queueOf(emulator)).toMatchObject({ failing: { count: 2 }, blockers: [] });
});

test("a success ends the failures of a queue", async () => {
  await using target = await startTarget(500, 500, 200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: { q: {} } });
  await createTask(emulator, { queue: "q", url: target.url });
  await emulator.advance("1m");
  const queue = await queueOf(emulator);
  expect(queue).not.toHaveProperty("failing");
  expect(queue).toMatchObject({ blockers: [] });
});

test.each([
  ['{"status":"error","message":"no such order","token":"hunter2"}', "no such order"],
  ['{"error":{"message":"bad audience"}}', "bad audience"],
  ["first line\nsecond line", "first line"],
  ["password=hunter2 is wrong", "password=***"],
])("the message of an answer %j is %j", async (text, message) => {
  await using target = await startTarget((response) => response.writeHead(500).end(text));
  await using emulator = await createEmulator({ queues: { q: {} } });
  await createTask(emulator, { queue: "q", url: target.url });
  await target.count(1);
  await expect.poll(async () => (await queueOf(emulator)).failing).toBeDefined();
  const { failing } = await queueOf(emulator);
  expect(String((failing as Json).message)).toContain(message);
  expect(JSON.stringify(failing)).not.toContain("hunter2");
});

test("a queue with the rate 0 runs nothing", async () => {
  const bench = engineBench();
  const queue = addQueue(bench, { maxDispatchesPerSecond: 0 });
  addTask(bench, queue, "t");
  await using server = await inspectServer({ engine: bench.engine });
  const body = await (await fetch(`${server.url}/inspect/queues`)).json();
  expect(body).toMatchObject({ queues: [{ blockers: [{ reason: "rateZero", due: 1, limit: 0 }] }] });
  const tasks = await (await fetch(`${server.url}/inspect/tasks`)).json();
  expect(tasks).toMatchObject({ tasks: [{ state: "due", waits: [{ reason: "rateZero" }] }] });
});
