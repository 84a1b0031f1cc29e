import { once } from "node:events";
import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test, vi } from "vitest";
import { EventHub } from "../../src/event-hub.ts";
import { call, createTask, queuePath } from "../support/api.ts";
import { Stream } from "../support/event-stream.ts";
import { inspectServer } from "../support/inspect-server.ts";
import { startTarget } from "../support/target.ts";

async function deliver(emulator: Emulator, url: string, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await createTask(emulator, { id, url });
    await emulator.idle();
  }
}

test("an attempt sends an event when it starts and when it finishes", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock("2030-01-01T12:00:00Z") });
  await using stream = await Stream.open(emulator);
  expect(stream.response.headers).toMatchObject({
    "content-type": "text/event-stream; charset=UTF-8",
    "cache-control": "no-store",
  });
  await deliver(emulator, target.url, "t");
  await expect.poll(() => stream.finished).toEqual(["t"]);
  const { id } = emulator.attempts()[0] ?? {};
  const [, started, finished] = stream.blocks;
  expect([started?.event, started?.id, finished?.event, finished?.id]).toEqual([
    "attempt",
    expect.stringMatching(/^\d+-\d+$/),
    "attempt",
    expect.stringMatching(new RegExp(`^${id}-\\d+$`)),
  ]);
  const queue = queuePath(emulator, "default");
  const time = "2030-01-01T12:00:00Z";
  const both = { task: `${queue}/tasks/t`, queue, attempt: 1, forced: false, dispatchTime: time };
  expect(stream.events).toEqual([
    { phase: "started", ...both },
    {
      phase: "finished",
      ...both,
      id: String(id),
      sequence: 1,
      latenessMs: 0,
      createTime: time,
      scheduleTime: time,
      finishTime: time,
      durationMs: 0,
      outcome: "succeeded",
      status: 200,
    },
  ]);
});

test("events of tasks and queues are sent if `types` selects them", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  await using stream = await Stream.open(emulator, "?types=task,queue");
  const queue = queuePath(emulator, "default");
  await deliver(emulator, target.url, "t");
  await call(emulator, "POST", `${queue}:pause`);
  await call(emulator, "POST", `${queue}:purge`);
  await call(emulator, "DELETE", queue);
  await emulator.reset();
  const time = expect.stringMatching(/Z$/);
  const task = `${queue}/tasks/t`;
  await expect.poll(() => stream.events.length).toBeGreaterThanOrEqual(7);
  expect(stream.events.slice(0, 7)).toEqual([
    { kind: "created", task, queue, time },
    { kind: "deleted", task, queue, time },
    { kind: "changed", queue, time },
    { kind: "purged", queue, time },
    { kind: "changed", queue, time },
    { kind: "deleted", queue, time },
    { kind: "created", queue, time },
  ]);
});

test.each(["header", "query"])(
  "a client that reconnects gets the attempts after its last event id, given as a %s",
  async (place) => {
    await using target = await startTarget(200);
    await using emulator = await createEmulator();
    await deliver(emulator, target.url, "a", "b", "c");
    const id = String(emulator.attempts({ task: "a" })[0]?.id);
    const query = place === "query" ? `?lastEventId=${id}` : "";
    await using stream = await Stream.open(emulator, query, place === "header" ? { "Last-Event-ID": id } : {});
    await expect.poll(() => stream.finished).toEqual(["b", "c"]);
    await deliver(emulator, target.url, "d");
    await expect.poll(() => stream.finished).toEqual(["b", "c", "d"]);
  },
);

test("with lastEventId=0 a client gets the whole history once and in order, while tasks are delivered", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ history: { attempts: 5_000 } });
  const ids = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, index) => `t${from + index}`);
  for (const id of ids(0, 150)) await createTask(emulator, { id, url: target.url });
  const streams = Array.from({ length: 3 }, () => Stream.open(emulator, "?lastEventId=0"));
  for (const id of ids(150, 250)) await createTask(emulator, { id, url: target.url });
  await emulator.idle();
  const inOrder = emulator
    .attempts()
    .map(({ task }) => task.split("/tasks/")[1])
    .reverse();
  expect(inOrder).toHaveLength(250);
  for (const opening of streams) {
    await using stream = await opening;
    await expect.poll(() => stream.finished.length, { timeout: 5_000 }).toBe(250);
    expect(stream.finished).toEqual(inOrder);
  }
});

test("a client that does not read is dropped and told to resume, and other clients are not", async () => {
  const events = new EventHub();
  await using server = await inspectServer({ events });
  await using lazy = await Stream.open(server, "?types=queue");
  await using eager = await Stream.open(server, "?types=queue");
  lazy.response.pause();
  const queue = "q".repeat(100_000);
  let sent = 0;
  // More than the buffers of both sockets and the limit together.
  for (; sent < 400; sent += 1) {
    events.emit("queue", { kind: "changed", queue, at: 0 });
    await expect.poll(() => eager.size, { interval: 1 }).toBeGreaterThan(sent * queue.length);
  }
  lazy.response.resume();
  await new Promise((resolve) => lazy.response.on("close", resolve));
  expect(lazy.blocks.at(-1)).toMatchObject({ event: "dropped", data: expect.stringContaining("Last-Event-ID") });
  expect(lazy.events.length).toBeLessThan(sent);
  await expect.poll(() => eager.events.length).toBe(sent);
  expect(events.has("queue")).toBe(true);
});

test("clients that never read have a limit together, and are disconnected in the end", async () => {
  const events = new EventHub();
  await using server = await inspectServer({ events });
  const lazy = await Promise.all(Array.from({ length: 40 }, () => Stream.open(server, "?types=queue")));
  for (const { response } of lazy) response.pause();
  await using eager = await Stream.open(server, "?types=queue");
  const before = process.memoryUsage();
  const queue = "q".repeat(100_000);
  // Below the limit of each client: 40 times 7.5 MB is above the limit of all.
  for (let sent = 0; sent < 75; sent += 1) {
    events.emit("queue", { kind: "changed", queue, at: 0 });
    await expect.poll(() => eager.size, { interval: 1 }).toBeGreaterThan(sent * queue.length);
  }
  const { rss, arrayBuffers } = process.memoryUsage();
  expect(rss - before.rss + arrayBuffers - before.arrayBuffers).toBeLessThan(150_000_000);
  await expect.poll(() => server.connections(), { timeout: 8_000 }).toBeLessThan(38);
  expect(eager.events).toHaveLength(75);
  for (const { response } of lazy) response.destroy();
}, 20_000);

test("if no queue changes, a client that wants stats still gets one every 5 seconds", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    await using server = await inspectServer();
    await using stream = await Stream.open(server, "?types=stats");
    await expect.poll(() => stream.events.length).toBe(1);
    for (const expected of [2, 3]) {
      vi.advanceTimersByTime(5_000);
      await expect.poll(() => stream.events.length).toBe(expected);
    }
    expect(stream.events.at(-1)).toMatchObject({ isComplete: false, queues: [], deletedQueues: [] });
  } finally {
    vi.useRealTimers();
  }
});

test("the listeners are removed when the last client disconnects", async () => {
  const events = new EventHub();
  await using server = await inspectServer({ events });
  const streams = [await Stream.open(server), await Stream.open(server)];
  expect(events.has("attempt")).toBe(true);
  for (const stream of streams) await stream[Symbol.asyncDispose]();
  await expect.poll(() => events.has("attempt")).toBe(false);
  await using next = await Stream.open(server, "?types=queue");
  events.emit("queue", { kind: "deleted", queue: "q", at: 0 });
  await expect.poll(() => next.events).toEqual([{ kind: "deleted", queue: "q", time: "1970-01-01T00:00:00Z" }]);
});

test("a stream ends when the emulator is closed", async () => {
  const emulator = await createEmulator();
  await using stream = await Stream.open(emulator);
  const ended = once(stream.response, "close");
  await emulator.close();
  await ended;
  expect(stream.response.complete).toBe(true);
});
