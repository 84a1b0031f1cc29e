import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { EventHub } from "../../src/event-hub.ts";
import { call, createTask, queuePath } from "../support/api.ts";
import { Stream } from "../support/event-stream.ts";
import { control, type Json } from "../support/inspect.ts";
import { inspectServer } from "../support/inspect-server.ts";
import { startTarget } from "../support/target.ts";

const ALL = "?types=attempt,task,queue";

async function deliver(emulator: Emulator, url: string, id: string, queue = "default"): Promise<void> {
  await createTask(emulator, { id, url, queue });
  await emulator.idle();
}

/** The kinds or phases of the events with their tasks, in order. */
function shown(stream: Stream): string[] {
  return stream.events.map(
    ({ kind, phase, task, queue }) => `${kind ?? phase} ${String(task ?? queue).replace(/^.*\//, "")}`,
  );
}

test("a client that reconnects gets every event after its last one, of every type, and none twice", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  await using whole = await Stream.open(emulator, ALL);
  await using first = await Stream.open(emulator, ALL);
  await deliver(emulator, target.url, "a");
  await expect.poll(() => shown(first)).toContain("finished a");
  await first[Symbol.asyncDispose]();
  await deliver(emulator, target.url, "b");
  await call(emulator, "POST", `${queuePath(emulator, "default")}:pause`);
  await using second = await Stream.open(emulator, ALL, { "Last-Event-ID": first.lastId });
  await call(emulator, "POST", `${queuePath(emulator, "default")}:resume`);
  await deliver(emulator, target.url, "c");
  await expect.poll(() => shown(second)).toContain("finished c");
  await expect.poll(() => shown(whole)).toContain("finished c");
  expect([...shown(first), ...shown(second)]).toEqual(shown(whole));
  expect(shown(second)).not.toContain("resync");
});

test("a client that returns after the events were forgotten is told to read again", async () => {
  const events = new EventHub();
  await using server = await inspectServer({ events, keepEventsMs: 0 });
  const first = await Stream.open(server, "?types=queue");
  events.emit("queue", { kind: "changed", queue: "q", at: 0 });
  await expect.poll(() => first.events).toHaveLength(1);
  await first[Symbol.asyncDispose]();
  await expect.poll(() => events.has("queue")).toBe(false);
  events.emit("queue", { kind: "changed", queue: "lost", at: 0 });
  await using second = await Stream.open(server, "?types=queue", { "Last-Event-ID": first.lastId });
  events.emit("queue", { kind: "changed", queue: "next", at: 0 });
  await expect.poll(() => second.events).toEqual([{ reason: "gap" }, expect.objectContaining({ queue: "next" })]);
  expect(second.blocks[1]).toMatchObject({ event: "resync", id: expect.stringMatching(/^\d+-\d+$/) });
  // From there on the client can resume.
  await using third = await Stream.open(server, "?types=queue", { "Last-Event-ID": second.blocks[1]?.id ?? "" });
  await expect.poll(() => third.events).toMatchObject([{ queue: "next" }]);
});

test("events that were never kept make a gap, also if other events of the time were", async () => {
  const events = new EventHub();
  await using server = await inspectServer({ events, keepEventsMs: 60_000 });
  await using first = await Stream.open(server, "?types=queue");
  events.emit("queue", { kind: "changed", queue: "q", at: 0 });
  await expect.poll(() => first.events).toHaveLength(1);
  await using second = await Stream.open(server, "?types=queue,task", { "Last-Event-ID": first.lastId });
  await expect.poll(() => second.events).toEqual([{ reason: "gap" }]);
});

test("after a restart of the emulator a client is told to read again, and a client of attempts gets those of the history", async () => {
  await using target = await startTarget(200);
  await using first = await createEmulator();
  await using stream = await Stream.open(first, ALL);
  await deliver(first, target.url, "a");
  await expect.poll(() => stream.finished).toEqual(["a"]);
  await using second = await createEmulator();
  await using resumed = await Stream.open(second, ALL, { "Last-Event-ID": stream.lastId });
  await expect.poll(() => resumed.events).toEqual([{ reason: "restarted" }]);
  const [attempt = ""] = stream.lastId.split("-");
  await using attempts = await Stream.open(first, "", { "Last-Event-ID": `${Number(attempt) - 1}-1` });
  await expect.poll(() => attempts.finished).toEqual(["a"]);
});

test("events can be limited to a queue or a task", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["a", "b"] });
  await using ofQueue = await Stream.open(emulator, "?types=attempt,task&queue=b");
  await using ofTask = await Stream.open(emulator, "?types=attempt,task&task=t1");
  await deliver(emulator, target.url, "t1", "a");
  await deliver(emulator, target.url, "t2", "b");
  const all = (id: string): string[] => ["created", "started", "deleted", "finished"].map((kind) => `${kind} ${id}`);
  await expect.poll(() => shown(ofQueue)).toEqual(all("t2"));
  await expect.poll(() => shown(ofTask)).toEqual(all("t1"));
});

test("`outcome` selects finished attempts, in the stream, in a resumption and in the history", async () => {
  await using good = await startTarget(200);
  await using bad = await startTarget(500);
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });
  const query = "outcome=failed,discarded";
  await using live = await Stream.open(emulator, `?types=attempt,task&${query}`);
  const before = "0-0";
  await deliver(emulator, good.url, "good");
  await deliver(emulator, bad.url, "bad");
  const ofBoth = ["created good", "deleted good", "created bad", "deleted bad", "finished bad"];
  await expect.poll(() => shown(live)).toEqual(ofBoth);
  await using resumed = await Stream.open(emulator, `?types=attempt,task&${query}`, {
    "Last-Event-ID": live.blocks.find(({ id }) => id !== undefined)?.id ?? "",
  });
  await expect.poll(() => shown(resumed)).toEqual(ofBoth.slice(1));
  await using replayed = await Stream.open(emulator, `?${query}`, { "Last-Event-ID": before });
  await expect.poll(() => shown(replayed)).toEqual(["finished bad"]);
  const { status } = await fetch(`${emulator.url}/inspect/events?outcome=broken`);
  expect(status).toBe(400);
});

test("a client resumes with other filters from the id of a stats event, and gets the events since then", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  const whole = await Stream.open(emulator, ALL);
  await deliver(emulator, target.url, "a");
  await whole[Symbol.asyncDispose]();
  const overview = await Stream.open(emulator, "?types=stats,attempt&outcome=failed");
  await expect.poll(() => overview.lastId).not.toBe("");
  expect(overview.named("attempt")).toEqual([]);
  await overview[Symbol.asyncDispose]();
  await deliver(emulator, target.url, "b");
  await using resumed = await Stream.open(emulator, ALL, { "Last-Event-ID": overview.lastId });
  await expect.poll(() => shown(resumed)).toEqual(["created b", "started b", "deleted b", "finished b"]);
});

const queuesIn = (event: Json | undefined): readonly Json[] => (event?.queues ?? []) as readonly Json[];

const queuesOf = (event: Json | undefined): string[] => queuesIn(event).map(({ id }) => String(id));

test("the first stats event has all queues, later ones the changed queues, at most four a second", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["a", "b"] });
  await using stream = await Stream.open(emulator, "?types=stats");
  await expect.poll(() => stream.named("stats")).toHaveLength(1);
  const [first] = stream.named("stats");
  expect([first?.isComplete, queuesOf(first)]).toEqual([true, ["a", "b"]]);
  const startedAt = Date.now();
  for (let index = 0; index < 100; index += 1)
    await createTask(emulator, { queue: "b", id: `t${index}`, url: target.url });
  await emulator.idle();
  const last = (): readonly Json[] => queuesIn(stream.named("stats").at(-1));
  // The first of them can still contain the creation of both queues.
  await expect
    .poll(() => last().find(({ id }) => id === "b"))
    .toMatchObject({ counts: { succeeded: 100 }, lastMinute: { created: 100, succeeded: 100 } });
  await createTask(emulator, { queue: "b", id: "t100", url: target.url });
  await expect.poll(last).toMatchObject([{ id: "b", counts: { succeeded: 101 } }]);
  const later = stream.named("stats").slice(1);
  expect(later.every((event) => event.isComplete === false)).toBe(true);
  expect(later.length).toBeLessThanOrEqual((Date.now() - startedAt) / 250 + 2);
  expect(stream.named("attempt")).toEqual([]);
  await call(emulator, "DELETE", queuePath(emulator, "a"));
  await expect.poll(() => stream.named("stats").at(-1)?.deletedQueues).toEqual([queuePath(emulator, "a")]);
});

test("a task that becomes due changes the statistics, although nothing happens", async () => {
  const clock = new ManualClock("2030-01-01T12:00:00Z");
  await using emulator = await createEmulator({ clock, queues: { q: { paused: true } } });
  await createTask(emulator, { queue: "q", delaySeconds: 60, now: clock.now() });
  await using stream = await Stream.open(emulator, "?types=stats,clock");
  await expect.poll(() => stream.named("stats").at(-1)?.queues).toMatchObject([{ counts: { scheduled: 1, due: 0 } }]);
  clock.advance("1m");
  await expect
    .poll(() => stream.named("stats").at(-1)?.queues, { timeout: 5_000 })
    .toMatchObject([{ counts: { scheduled: 0, due: 1 }, blockers: [{ reason: "paused" }] }]);
  expect(stream.named("clock")).toMatchObject([{ now: "2030-01-01T12:01:00Z" }]);
});

test("an advance and a turn back of the clock are events", async () => {
  await using emulator = await createEmulator();
  await using stream = await Stream.open(emulator, "?types=clock");
  await emulator.advance("1h");
  await expect.poll(() => stream.named("clock")).toMatchObject([{ clockOffsetMs: expect.closeTo(3_600_000, -4) }]);
  expect((await control(emulator, "POST", "turn-back")).status).toBe(200);
  await expect.poll(() => stream.named("clock")).toMatchObject([{}, { clockOffsetMs: 0 }]);
});
