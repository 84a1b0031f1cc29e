import { expect, test } from "vitest";
import { EventHub } from "../../src/event-hub.ts";
import { Stream } from "../support/event-stream.ts";
import { inspectServer } from "../support/inspect-server.ts";

function emit(events: EventHub, count: number): void {
  for (let at = 0; at < count; at += 1) events.emit("queue", { kind: "changed", queue: "q", at });
}

test("a client with maxPerSecond gets a part of a flood, then `resync`, and later events again", async () => {
  const events = new EventHub();
  await using server = await inspectServer({ events, keepEventsMs: 60_000 });
  await using paced = await Stream.open(server, "?types=queue&maxPerSecond=400");
  emit(events, 10_000);
  await expect.poll(() => paced.named("resync"), { timeout: 5_000 }).toEqual([{ reason: "gap" }]);
  expect(paced.named("queue")).toHaveLength(100);
  emit(events, 1);
  await expect.poll(() => paced.named("queue")).toHaveLength(101);
  expect(paced.named("resync")).toHaveLength(1);
});

test("a client without a limit gets every event, also beside one with a limit", async () => {
  const events = new EventHub();
  await using server = await inspectServer({ events, keepEventsMs: 60_000 });
  await using paced = await Stream.open(server, "?types=queue&maxPerSecond=40");
  await using whole = await Stream.open(server, "?types=queue");
  emit(events, 1_000);
  await expect.poll(() => whole.named("queue")).toHaveLength(1_000);
  expect(paced.named("queue")).toHaveLength(10);
});

test("a client cannot resume across events that were skipped, and is told so", async () => {
  const events = new EventHub();
  await using server = await inspectServer({ events, keepEventsMs: 60_000 });
  const first = await Stream.open(server, "?types=queue&maxPerSecond=40");
  emit(events, 100);
  await expect.poll(() => first.named("queue")).toHaveLength(10);
  await first[Symbol.asyncDispose]();
  const headers = { "Last-Event-ID": first.lastId };
  await using second = await Stream.open(server, "?types=queue&maxPerSecond=40", headers);
  await expect.poll(() => second.events).toEqual([{ reason: "gap" }]);
});

test("a stats event after skipped events has no id, because a client that resumes from there would miss them", async () => {
  const events = new EventHub();
  await using server = await inspectServer({ events, keepEventsMs: 60_000 });
  await using stream = await Stream.open(server, "?types=queue,stats&maxPerSecond=40");
  const idsOfStats = (): boolean[] =>
    stream.blocks.filter(({ event }) => event === "stats").map(({ id }) => id !== undefined);
  await expect.poll(idsOfStats).toEqual([true]);
  emit(events, 100);
  await expect.poll(idsOfStats).toEqual([true, false]);
  await expect.poll(() => stream.named("resync"), { timeout: 5_000 }).toEqual([{ reason: "gap" }]);
  emit(events, 1);
  await expect.poll(idsOfStats).toEqual([true, false, true]);
});

test("an invalid limit is rejected", async () => {
  await using server = await inspectServer();
  const response = await fetch(`${server.url}/inspect/events?maxPerSecond=-1`);
  expect([response.status, await response.text()]).toEqual([
    400,
    expect.stringContaining("maxPerSecond: expected an integer of at least 0; received -1"),
  ]);
});
