import { type AttemptFinished, createEmulator, type EmulatorEvents, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { AttemptHistory } from "../../src/history/attempt-history.ts";
import { call, createTask, queuePath } from "../support/api.ts";
import { answer, hang, reset, startTarget } from "../support/target.ts";

const NOON = Date.parse("2030-01-01T12:00:00Z");

/** Returns an attempt to add to a history. */
function attemptOf(history: AttemptHistory, task: string, overrides: Partial<AttemptFinished> = {}): AttemptFinished {
  return {
    phase: "finished",
    id: history.nextId(),
    task: `projects/p/locations/l/queues/q/tasks/${task}`,
    queue: "projects/p/locations/l/queues/q",
    attempt: 1,
    forced: false,
    at: NOON,
    sequence: 1,
    createdAt: NOON,
    scheduledAt: NOON,
    dispatchedAt: NOON,
    durationMs: 0,
    outcome: "succeeded",
    status: 200,
    error: undefined,
    retryAt: undefined,
    request: undefined,
    response: undefined,
    ...overrides,
  };
}

const notSent = { request: undefined, response: undefined };

/** Returns the ids of the tasks. */
function tasksOf(attempts: readonly AttemptFinished[]): string[] {
  return attempts.map(({ task }) => task.slice(task.lastIndexOf("/") + 1));
}

test("the history has the request, the response and the outcome of an attempt, even if its task no longer exists", async () => {
  await using target = await startTarget((response) => {
    response.writeHead(201, { "Content-Type": "text/plain", "Set-Cookie": ["a=1", "b=2"] }).end("created");
  });
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  const httpRequest = {
    url: `${target.url}?a=1`,
    headers: { "X-Mine": "1" },
    body: Buffer.from("hi").toString("base64"),
  };
  await createTask(emulator, { id: "t", httpRequest });
  await emulator.idle();
  const queue = queuePath(emulator, "default");
  const [attempt, ...others] = emulator.attempts();
  expect(others).toEqual([]);
  expect(attempt).toMatchObject({
    task: `${queue}/tasks/t`,
    queue,
    attempt: 1,
    forced: false,
    sequence: 1,
    createdAt: NOON,
    scheduledAt: NOON,
    dispatchedAt: NOON,
    at: NOON,
    durationMs: 0,
    outcome: "succeeded",
    status: 201,
    request: { method: "POST", url: `${target.url}?a=1`, body: "hi", bodyEncoding: "text", bodySize: 2 },
    response: { status: 201, body: "created", bodyEncoding: "text", bodySize: 7 },
  });
  expect(attempt?.error).toBeUndefined();
  expect(attempt?.request?.headers).toContainEqual(["X-Mine", "1"]);
  expect(attempt?.request?.headers.map(([name]) => name)).toEqual(target.received[0]?.headerNames);
  expect(attempt?.response?.headers.filter(([name]) => name === "Set-Cookie")).toEqual([
    ["Set-Cookie", "***"],
    ["Set-Cookie", "***"],
  ]);
});

test("tokens and secret headers are masked in the history, even if the target returns them", async () => {
  await using target = await startTarget((response) => {
    response.end(JSON.stringify(response.req.headers));
  });
  await using emulator = await createEmulator();
  const oidcToken = { serviceAccountEmail: "a@example.com", audience: "x" };
  await createTask(emulator, {
    httpRequest: { url: target.url, headers: { "X-CloudTask-Secret": "open-sesame" }, oidcToken },
  });
  await emulator.idle();
  const token = target.received[0]?.headers.authorization?.replace("Bearer ", "") ?? "";
  const text = JSON.stringify(emulator.attempts());
  expect(token.length).toBeGreaterThan(100);
  expect(text).toContain('["Authorization","Bearer ***"]');
  expect(text).toContain('["X-CloudTask-Secret","***"]');
  expect(text).toContain('\\"x-cloudtask-secret\\":\\"***\\"');
  expect(text).not.toContain(token.slice(0, 20));
  expect(text).not.toContain("open-sesame");
});

test("an attempt that is retried has a retryAt, and the last attempt has none", async () => {
  await using target = await startTarget(503);
  const clock = new ManualClock(NOON);
  await using emulator = await createEmulator({
    clock,
    queues: { q: { retry: { minBackoff: "10s", maxAttempts: 2 } } },
  });
  await createTask(emulator, { queue: "q", id: "t", url: target.url });
  await emulator.advance("1m");
  expect(emulator.attempts()).toMatchObject([
    { attempt: 2, scheduledAt: NOON + 10_000, outcome: "exhausted", retryAt: undefined },
    { attempt: 1, scheduledAt: NOON, outcome: "retrying", retryAt: NOON + 10_000, createdAt: NOON },
  ]);
});

test("an attempt without an answer has a request and an error, but no response", async () => {
  await using target = await startTarget(reset);
  await using emulator = await createEmulator({ queues: { q: { retry: { maxAttempts: 1 } } } });
  await createTask(emulator, { queue: "q", url: target.url });
  await emulator.idle();
  expect(emulator.attempts()).toMatchObject([
    { error: expect.any(String), status: undefined, request: { url: target.url }, response: undefined },
  ]);
});

test("an attempt whose deadline passed has a request, but no late response", async () => {
  await using target = await startTarget(hang, 200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  await createTask(emulator, { url: target.url, dispatchDeadline: "15s" });
  await target.count(1);
  await emulator.advance("15s", { targetTimeout: "200ms" });
  const [attempt] = emulator.attempts({ outcome: "retrying" });
  expect(attempt).toMatchObject({ error: "deadline exceeded", durationMs: 15_000, request: { url: target.url } });
  expect(attempt?.response).toBeUndefined();
});

test("only the first bytes of large bodies are kept, with their size", async () => {
  await using target = await startTarget((response) => response.end("b".repeat(5_000)));
  await using emulator = await createEmulator({ history: { bodyBytes: 10 } });
  await createTask(emulator, { url: target.url, httpRequest: { body: Buffer.alloc(3_000, "a").toString("base64") } });
  await emulator.idle();
  expect(emulator.attempts()).toMatchObject([
    { request: { body: "a".repeat(10), bodySize: 3_000 }, response: { body: "b".repeat(10), bodySize: 5_000 } },
  ]);
});

test("an attempt of RunTask is marked as forced in its started and finished events", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  const seen: EmulatorEvents["attempt"][] = [];
  emulator.on("attempt", (event) => seen.push(event));
  await createTask(emulator, { id: "t", url: target.url, delaySeconds: 600 });
  await call(emulator, "POST", `${queuePath(emulator, "default")}/tasks/t:run`);
  await emulator.idle();
  expect(seen.map(({ phase, forced }) => [phase, forced])).toEqual([
    ["started", true],
    ["finished", true],
  ]);
  expect(emulator.attempts()).toEqual([seen[1]]);
});

test("attempts can be filtered by task, queue and outcome, and are returned newest first", async () => {
  await using good = await startTarget(200);
  await using bad = await startTarget(500);
  await using emulator = await createEmulator({ queues: { a: null, b: { retry: { maxAttempts: 1 } } } });
  for (const [queue, id, url] of [
    ["a", "t1", good.url],
    ["a", "t2", good.url],
    ["b", "t1", bad.url],
  ] as const) {
    await createTask(emulator, { queue, id, url });
    await emulator.idle();
  }
  const named = (filter: Parameters<typeof emulator.attempts>[0]): string[] => {
    return emulator.attempts(filter).map(({ task }) => task.split("/queues/")[1]?.replace("/tasks", "") ?? "");
  };
  expect(named({})).toEqual(["b/t1", "a/t2", "a/t1"]);
  expect(named({ queue: "a" })).toEqual(["a/t2", "a/t1"]);
  expect(named({ queue: queuePath(emulator, "b") })).toEqual(["b/t1"]);
  expect(named({ task: "t1" })).toEqual(["b/t1", "a/t1"]);
  expect(named({ task: `${queuePath(emulator, "a")}/tasks/t1` })).toEqual(["a/t1"]);
  expect(named({ task: "t1", queue: "a" })).toEqual(["a/t1"]);
  expect(named({ outcome: "exhausted" })).toEqual(["b/t1"]);
  expect(named({ limit: 1 })).toEqual(["b/t1"]);
  expect(named({ task: "1" })).toEqual([]);
});

test("the option `history.attempts` limits the number of attempts, and a reset removes them", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ history: { attempts: 2 } });
  for (const id of ["a", "b", "c"]) {
    await createTask(emulator, { id, url: target.url });
    await emulator.idle();
  }
  expect(tasksOf(emulator.attempts())).toEqual(["c", "b"]);
  await emulator.reset();
  expect(emulator.attempts()).toEqual([]);
});

test("an emulator without a history still passes requests and responses to its listeners", async () => {
  await using target = await startTarget(answer(204, { "X-Token": "abcdefgh" }));
  await using emulator = await createEmulator({ history: { attempts: 0 } });
  const seen: unknown[] = [];
  emulator.on(
    "attempt",
    (event) => event.phase === "finished" && seen.push(event.request?.url, event.response?.headers[0]),
  );
  await createTask(emulator, { url: target.url });
  await emulator.idle();
  expect(seen).toEqual([target.url, ["X-Token", "***"]]);
  expect(emulator.attempts()).toEqual([]);
});

test("the memory of a history is limited, however large its attempts are", () => {
  const history = new AttemptHistory({ attempts: 100, bodyBytes: 1000 });
  const large = { method: "POST", url: "", head: "h".repeat(100_000), latin1: "", size: 0 };
  for (let count = 0; count < 100; count += 1) {
    history.add(attemptOf(history, `t${count}`), { request: large, response: undefined });
  }
  expect(history.state()).toMatchObject({ attempts: 6, bytes: 600_000 });
  expect(tasksOf(history.list({ limit: 2 }))).toEqual(["t99", "t98"]);
});

test("a history can be read page by page while attempts are added and removed", () => {
  const history = new AttemptHistory({ attempts: 10, bodyBytes: 100 });
  const add = (count: number, task: string): void => {
    for (let index = 0; index < count; index += 1) history.add(attemptOf(history, `${task}${index}`), notSent);
  };
  add(10, "a");
  const first = history.list({ limit: 4 });
  expect(tasksOf(first)).toEqual(["a9", "a8", "a7", "a6"]);
  add(7, "b");
  expect(tasksOf(history.list({ limit: 4 }, first.at(-1)?.id))).toEqual([]);
  expect(tasksOf(history.list({ limit: 4 }, first[0]?.id))).toEqual(["a8", "a7"]);
});

test("since() returns later attempts in order, or all attempts if the id is greater than the last one", () => {
  const history = new AttemptHistory({ attempts: 3, bodyBytes: 100 });
  const ids = ["a", "b", "c", "d"].map((task) => {
    const attempt = attemptOf(history, task);
    history.add(attempt, notSent);
    return attempt.id;
  });
  expect(tasksOf(history.since(ids[1] ?? 0, 10))).toEqual(["c", "d"]);
  expect(tasksOf(history.since(ids[0] ?? 0, 2))).toEqual(["b", "c"]);
  expect(tasksOf(history.since(0, 10))).toEqual(["b", "c", "d"]);
  expect(tasksOf(history.since((ids[3] ?? 0) * 2, 10))).toEqual(["b", "c", "d"]);
  expect([history.get(ids[0] ?? 0), history.get(ids[2] ?? 0)?.id]).toEqual([undefined, ids[2]]);
});
