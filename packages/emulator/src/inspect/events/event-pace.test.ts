import { expect, test } from "vitest";
import { EventPace, TICKS_PER_SECOND } from "./event-pace.ts";

const LIMIT = 10;

function sentOf(pace: EventPace, events: number): number {
  return Array.from({ length: events }, () => pace.take()).filter(Boolean).length;
}

test("a few events too many are left out, a flood is not sent at all until it ends", () => {
  const pace = new EventPace(LIMIT * TICKS_PER_SECOND);
  const sent = [30, 30, 1_000, 1_000, 1_000, 5, 5].map((events) => {
    const count = sentOf(pace, events);
    pace.tick();
    return count;
  });
  expect(sent).toEqual([LIMIT, LIMIT, LIMIT, 0, 0, 0, 5]);
});

test("while events are skipped the client must read the state again, every two seconds at most, and once after the last one", () => {
  const pace = new EventPace(LIMIT * TICKS_PER_SECOND);
  const seconds = Array.from({ length: 8 }, (_, second) => {
    const ticks = Array.from({ length: TICKS_PER_SECOND }, () => {
      sentOf(pace, second < 5 ? 20 : 1);
      return pace.tick();
    });
    return ticks.filter(Boolean).length;
  });
  expect(seconds).toEqual([0, 1, 0, 1, 0, 1, 0, 0]);
});
