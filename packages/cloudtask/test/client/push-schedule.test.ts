import { Temporal } from "temporal-polyfill";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LimitError, type PushOptions } from "../../src/index.ts";
import { apiServer, clientOf, taskAt } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";
import { rejectedPush } from "../support/rejected-push.ts";

// Only the date is simulated: sockets and retries need real timers.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-01T00:00:00.250Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

test.each<[string, PushOptions, string]>([
  ["a delay in words", { delay: "10m" }, "2030-01-01T00:10:00.250Z"],
  ["a delay in milliseconds", { delay: 1500 }, "2030-01-01T00:00:01.750Z"],
  ["no delay at all", { delay: 0 }, "2030-01-01T00:00:00.250Z"],
  ["the longest delay", { delay: "30d" }, "2030-01-31T00:00:00.250Z"],
  ["a Date", { at: new Date("2030-01-02T00:00:00Z") }, "2030-01-02T00:00:00.000Z"],
  ["epoch milliseconds", { at: Date.UTC(2030, 0, 2) }, "2030-01-02T00:00:00.000Z"],
  ["Temporal.Instant", { at: Temporal.Instant.from("2030-01-02T00:00Z") }, "2030-01-02T00:00:00.000Z"],
  [
    "Temporal.ZonedDateTime",
    { at: Temporal.ZonedDateTime.from("2030-01-02T00:00[Europe/Berlin]") },
    "2030-01-01T23:00:00.000Z",
  ],
  ["a string with an offset", { at: "2030-01-02T00:00:00-05:00" }, "2030-01-02T05:00:00.000Z"],
  ["a string in the client's time zone", { at: "2030-01-02 09:00" }, "2030-01-02T03:30:00.000Z"],
  ["a day in the client's time zone", { at: "2030-01-02" }, "2030-01-01T18:30:00.000Z"],
  ["a moment past, which is now", { at: "1999-01-01T00:00Z" }, "2030-01-01T00:00:00.250Z"],
  ["the latest moment", { at: "2030-01-31T00:00:00.250Z" }, "2030-01-31T00:00:00.250Z"],
])("%s is sent as its time in UTC", async (_, options, expected) => {
  const api = await apiServer();
  const task = clientOf(api, { timezone: "Asia/Kolkata" }).task("t", () => undefined);
  const { scheduleTime } = await task().push(options);
  expect(taskAt(api).scheduleTime).toBe(expected);
  expect(scheduleTime).toEqual(new Date(expected));
});

test("without a time, no schedule time is sent, and Cloud Tasks delivers at once", async () => {
  const api = await apiServer();
  await clientOf(api)
    .task("t", () => undefined)()
    .push({ at: undefined, delay: undefined });
  expect(taskAt(api)).not.toHaveProperty("scheduleTime");
});

test.each<[string, PushOptions, string, number]>([
  ["a millisecond", { at: "2030-01-31T00:00:00.251Z" }, "2030-01-31T00:00:00.251Z is 1ms too far ahead", 1],
  ["a minute", { delay: "43201m" }, "2030-01-31T00:01:00.250Z is 1m too far ahead", 60_000],
  ["years", { at: "2099-01-01T00:00:00.250Z" }, "2099-01-01T00:00:00.250Z is 604128h too far ahead", 2_174_860_800_000],
])("%s beyond 30 days is rejected, and the message states the difference", async (_, options, message, over) => {
  const api = await apiServer();
  const error = await failureOf<LimitError>(
    clientOf(api)
      .task("t", () => undefined)()
      .push(options),
  );
  expect(error).toBeInstanceOf(LimitError);
  expect(error).toMatchObject({ limit: "schedule-time", allowed: 2_592_000_000, actual: 2_592_000_000 + over });
  expect(error.message).toContain(`pushing "t": ${message}; Cloud Tasks accepts at most 30 days (720h)`);
  expect(api.requests).toEqual([]);
});

test("a delay beyond the range of Date is rejected", async () => {
  const push = clientOf(undefined)
    .task("t", () => undefined)()
    .push({ delay: "999999999999d" });
  await expect(push).rejects.toThrow(/^pushing "t": the delay is \d+h .*too far ahead/);
});

test.each<[string, Record<string, unknown>, string]>([
  ["both", { at: new Date(), delay: "1m" }, 'pushing "t": `at` and `delay` cannot be combined'],
  ["a negative delay", { delay: -1 }, 'pushing "t": delay: expected a duration'],
  ["a delay in words of its own", { delay: "tomorrow" }, 'received "tomorrow"'],
  ["seconds since the epoch", { at: Date.UTC(2030, 0, 2) / 1000 }, "milliseconds since the epoch, not seconds"],
  ["a day that does not exist", { at: "2030-02-30" }, 'pushing "t": at: expected a Date, an ISO 8601 string'],
  ["null", { at: null }, "received null"],
])("%s is rejected before anything is sent", async (_, options, message) => {
  const { error, sent } = await rejectedPush(options);
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(message);
  expect(sent).toBe(0);
});
