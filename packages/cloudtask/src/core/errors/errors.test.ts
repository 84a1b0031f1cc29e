import { expect, test } from "vitest";
import { CloudTaskError, NonRetriableError, RetryAfterError, TeardownError } from "../../index.ts";
import { retryAfterSeconds } from "./retry-after-error.ts";

test("CloudTaskError.from() returns an error of this library unchanged", () => {
  const error = new NonRetriableError("no such order");
  expect(CloudTaskError.from(error)).toBe(error);
  expect(error).toMatchObject({ name: "NonRetriableError", code: "NON_RETRIABLE", message: "no such order" });
});

test.each([
  ["an Error", new RangeError("out"), "out"],
  ["a string", "some text", "some text"],
  ["undefined", undefined, "undefined"],
])("CloudTaskError.from() makes %s the cause of an error with the code UNKNOWN", (_, reason, message) => {
  const error = CloudTaskError.from(reason);
  expect(error).toMatchObject({ name: "CloudTaskError", code: "UNKNOWN", message });
  expect(error.cause).toBe(reason);
});

test("a TeardownError keeps the error of the teardown and the error before it", () => {
  const [commit, handler] = [new Error("commit"), new Error("handler")];
  const error = new TeardownError("the commit failed", commit, handler);
  expect(error).toMatchObject({ code: "TEARDOWN_FAILED", error: commit, suppressed: handler, cause: commit });
});

const NOW = Date.parse("2030-01-01T00:00:00Z");

test.each([
  ["a duration", new RetryAfterError("10m"), 600],
  ["milliseconds, rounded up", new RetryAfterError(1_001), 2],
  ["a duration of 0", new RetryAfterError(0), 0],
  ["a date", new RetryAfterError(new Date("2030-01-01T00:00:30.001Z")), 31],
  ["a date in the past", new RetryAfterError(new Date("2029-01-01T00:00:00Z")), 0],
])("Retry-After from %s", (_, error, seconds) => {
  expect(retryAfterSeconds(error, NOW)).toBe(seconds);
});

test("a RetryAfterError without a message states the time of the retry", () => {
  expect(new RetryAfterError("10m").message).toBe("retry after 10m");
  expect(new RetryAfterError(new Date(NOW)).message).toBe("retry after 2030-01-01T00:00:00.000Z");
  const cause = new Error("429");
  expect(new RetryAfterError("10m", "the mail server is full", { cause })).toMatchObject({
    message: "the mail server is full",
    code: "RETRY_AFTER",
    cause,
  });
});

test.each([
  ["a word", "soon", 'received "soon"'],
  ["a negative number", -1, "received -1"],
  ["an invalid Date", new Date(Number.NaN), "received an invalid Date"],
])("a RetryAfterError rejects %s", (_, after, fragment) => {
  const make = () => new RetryAfterError(after as "10m");
  expect(make).toThrow(TypeError);
  expect(make).toThrow(fragment);
});
