import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask, queuePath } from "../support/api.ts";
import { get, type Json } from "../support/inspect.ts";
import { answer, startTarget } from "../support/target.ts";

const NOON = "2030-01-01T12:00:00Z";
const zero = { created: 0, started: 0, succeeded: 0, failed: 0, discarded: 0, exhausted: 0 };

async function read(emulator: Emulator, path: string): Promise<Json> {
  const { status, body } = await get(emulator, path);
  expect(status).toBe(200);
  return body;
}

test("statistics count tasks and attempts per bucket, for all queues and for each", async () => {
  await using target = await startTarget(200, 500, answer(200, { "CloudTask-Outcome": "discarded" }), 200);
  await using emulator = await createEmulator({
    clock: new ManualClock(NOON),
    queues: { a: { retry: { maxAttempts: 1 } }, b: {} },
  });
  for (const [id, queue] of [
    ["1", "a"],
    ["2", "a"],
    ["3", "b"],
  ] as const) {
    await createTask(emulator, { queue, id, url: target.url });
    await emulator.idle();
  }
  await createTask(emulator, { queue: "b", id: "4", url: target.url, delaySeconds: 7, now: Date.parse(NOON) });
  await emulator.advance("10s");
  const times = { duration: { p50: 0, p95: 0 }, lateness: { p50: 0, p95: 0 } };
  const first = { time: NOON, created: 4, started: 3, succeeded: 1, failed: 1, discarded: 1, exhausted: 1, ...times };
  const second = { time: "2030-01-01T12:00:05Z", ...zero, started: 1, succeeded: 1, ...times };
  const empty = (time: string): Json => ({ time, ...zero });
  const third = empty("2030-01-01T12:00:10Z");
  expect(await read(emulator, "stats?buckets=4")).toEqual({
    now: "2030-01-01T12:00:10Z",
    stepMs: 5_000,
    buckets: [empty("2030-01-01T11:59:55Z"), first, second, third],
  });
  expect(await read(emulator, "stats?buckets=1&step=1m")).toMatchObject({
    stepMs: 60_000,
    buckets: [{ time: NOON, created: 4, started: 4, succeeded: 2, failed: 1, discarded: 1, exhausted: 1 }],
  });
  expect(await read(emulator, "stats?buckets=3&queue=b")).toMatchObject({
    buckets: [{ created: 2, started: 1, discarded: 1 }, { succeeded: 1 }, third],
  });
  const { queues } = await read(emulator, "stats?buckets=1&step=1m&by=queue");
  expect(queues).toMatchObject({
    [queuePath(emulator, "a")]: [{ created: 2, failed: 1, exhausted: 1 }],
    [queuePath(emulator, "b")]: [{ created: 2, succeeded: 1 }],
  });
  await emulator.reset();
  expect(await read(emulator, "stats?buckets=1&step=1m")).toMatchObject({ buckets: [zero] });
});

test("durations and lateness are exact to 5 %", async () => {
  const clock = new ManualClock(NOON);
  await using target = await startTarget((response) => {
    clock.advance(Number(/\/(\d+)$/.exec(response.req.url ?? "")?.[1] ?? 0));
    response.end();
  });
  await using emulator = await createEmulator({ clock, queues: { q: {} } });
  for (let index = 0; index < 20; index += 1) {
    await createTask(emulator, { queue: "q", id: `t${index}`, url: `${target.url}/${index === 19 ? 4_000 : 100}` });
    await emulator.idle();
  }
  const { buckets } = await read(emulator, "stats?buckets=1&step=1m");
  const [{ duration }] = buckets as unknown as readonly [{ readonly duration: { p50: number; p95: number } }];
  expect(duration.p50).toBeGreaterThan(95);
  expect(duration.p50).toBeLessThan(105);
  expect(duration.p95).toBe(duration.p50);
});

test.each([
  ["step=x", "step: expected whole seconds"],
  ["step=1500ms", "step: expected whole seconds"],
  ["buckets=1001", "buckets: expected an integer from 1 to 1000"],
  ["by=task", "by: expected queue"],
])("GET /inspect/stats?%s is answered 400: %s", async (query, message) => {
  await using emulator = await createEmulator();
  const { status, body } = await get(emulator, `stats?${query}`);
  expect([status, body.error]).toEqual([400, expect.objectContaining({ message: expect.stringContaining(message) })]);
});

test("the schedule counts the tasks that are ahead", async () => {
  await using target = await startTarget(500);
  await using emulator = await createEmulator({
    clock: new ManualClock(NOON),
    queues: { a: { paused: true }, b: { retry: { minBackoff: "95s" } } },
  });
  const now = Date.parse(NOON);
  for (const [index, delaySeconds] of [0, 10, 20, 20, 119].entries()) {
    await createTask(emulator, { queue: "a", id: `t${index}`, delaySeconds, now });
  }
  await createTask(emulator, { queue: "b", url: target.url });
  await emulator.idle();
  const bucket = (seconds: number, tasks: number, retries = 0): Json => {
    return { time: new Date(now + seconds * 1_000).toISOString().replace(".000Z", "Z"), tasks, retries };
  };
  expect(await read(emulator, "schedule?buckets=4&to=2030-01-01T12:01:59.999Z")).toEqual({
    now: NOON,
    from: NOON,
    to: "2030-01-01T12:01:59.999Z",
    stepMs: 30_000,
    before: 0,
    buckets: [bucket(0, 4), bucket(30, 0), bucket(60, 0), bucket(90, 2, 1)],
    after: 0,
    nextTime: "2030-01-01T12:00:10Z",
    lastTime: "2030-01-01T12:01:59Z",
  });
  const part = "schedule?queue=a&buckets=1&from=2030-01-01T12:00:15Z&to=2030-01-01T12:00:30Z";
  expect(await read(emulator, part)).toMatchObject({ before: 2, buckets: [{ tasks: 2, retries: 0 }], after: 1 });
  const { buckets } = await read(emulator, "schedule");
  expect((buckets as readonly Json[]).reduce((sum, { tasks }) => sum + Number(tasks), 0)).toBe(6);
});

test("an empty schedule has no tasks", async () => {
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  expect(await read(emulator, "schedule?buckets=2")).toEqual({
    now: NOON,
    from: NOON,
    to: NOON,
    stepMs: 1,
    before: 0,
    buckets: [
      { time: NOON, tasks: 0, retries: 0 },
      { time: "2030-01-01T12:00:00.001Z", tasks: 0, retries: 0 },
    ],
    after: 0,
  });
});

test("dead letters are not counted as waiting tasks of definitions, queues and lists", async () => {
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: ["q", "dead"] });
  const create = (queue: string, id: string, headers: Json = {}): Promise<unknown> => {
    const httpRequest = { url: "http://127.0.0.1:9/", headers: { "CloudTask-Name": "send", ...headers } };
    return createTask(emulator, { queue, id, delaySeconds: 60, now: Date.parse(NOON), httpRequest });
  };
  await create("q", "waits");
  for (const id of ["a", "b"]) await create("dead", id, { "CloudTask-Dead-Reason": "exhausted" });
  await create("dead", "c", { "CloudTask-Dead-Reason": "exhausted", "CloudTask-Name": "refund" });
  expect(await read(emulator, "definitions/send")).toMatchObject({
    counts: { scheduled: 1, due: 0 },
    deadLetters: 2,
  });
  const { queues } = await read(emulator, "queues");
  expect(queues).toMatchObject([
    { id: "dead", tasks: 3, counts: { scheduled: 0 }, deadLetters: 3 },
    { id: "q", tasks: 1, counts: { scheduled: 1 }, deadLetters: 0 },
  ]);
  const listed = async (query: string): Promise<unknown[]> => {
    const { tasks, counts } = await read(emulator, `tasks?state=scheduled${query}`);
    const { states, definitions } = counts as { states: Json; definitions: readonly { states: Json }[] };
    return [(tasks as Json[]).length, states.scheduled, definitions.map((each) => each.states.scheduled)];
  };
  expect(await listed("")).toEqual([4, 4, [3, 1]]);
  expect(await listed("&deadLetters=false")).toEqual([1, 1, [1]]);
  expect(await listed("&deadLetters=true")).toEqual([3, 3, [2, 1]]);
  await fetch(`${emulator.url}/v2/${queuePath(emulator, "dead")}/tasks/a`, { method: "DELETE" });
  expect(await read(emulator, "definitions/send")).toMatchObject({ counts: { scheduled: 1 }, deadLetters: 1 });
});

test("definitions have their counts, failures, times and last payloads, without secrets", async () => {
  await using target = await startTarget(500, 200);
  await using emulator = await createEmulator({
    clock: new ManualClock(NOON),
    queues: { a: { retry: { minBackoff: "1h" } }, b: {} },
  });
  const create = (queue: string, id: string, delaySeconds: number): Promise<unknown> => {
    const body = Buffer.from(JSON.stringify({ id, apiKey: "hunter2" })).toString("base64");
    const httpRequest = { url: target.url, headers: { "CloudTask-Name": "send" }, body };
    return createTask(emulator, { queue, id, delaySeconds, now: Date.parse(NOON), httpRequest });
  };
  await create("a", "fails", 0);
  await emulator.idle();
  await create("b", "succeeds", 0);
  await emulator.idle();
  await create("b", "waits", 60);
  await createTask(emulator, { queue: "b", id: "none", delaySeconds: 60, now: Date.parse(NOON) });
  const { definitions } = (await read(emulator, "definitions")) as { definitions: readonly Json[] };
  expect(definitions).toHaveLength(1);
  expect(definitions[0]).toMatchObject({
    name: "send",
    lastTime: NOON,
    queues: [queuePath(emulator, "a"), queuePath(emulator, "b")],
    counts: { scheduled: 1, retrying: 1, succeeded: 1 },
    deadLetters: 0,
    lastHour: { created: 3, started: 2, succeeded: 1, failed: 1 },
    attemptsPerMinute: 2,
    failureRate: 0.5,
    duration: { p50: 0, p95: 0 },
    lastPayloads: ["waits", "succeeds", "fails"].map((id) => ({
      task: expect.stringMatching(new RegExp(`/${id}$`)),
      body: `{"id":"${id}","apiKey":"***"}`,
    })),
  });
  expect(definitions[0]?.buckets).toHaveLength(60);
  expect((await read(emulator, "definitions/send")).name).toBe("send");
  expect((await get(emulator, "definitions/other")).status).toBe(404);
});
