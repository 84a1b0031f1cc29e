import { expect, test } from "vitest";
import { CloudTaskError, NonRetriableError, RetryAfterError, TeardownError } from "../../index.ts";
import { retryAfterSeconds } from "./retry-after-error.ts";

test("an error of this family passes through the one door as it is", () => {
  const error = new NonRetriableError("no such order");
  expect(CloudTaskError.from(error)).toBe(error);
  expect(error).toMatchObject({ name: "NonRetriableError", code: "NON_RETRIABLE", message: "no such order" });
});

test.each([
  ["an Error", new RangeError("out"), "out"],
  ["a string", "plain words", "plain words"],
  ["undefined", undefined, "undefined"],
])("%s becomes the cause of one with the code UNKNOWN", (_, reason, message) => {
  const error = CloudTaskError.from(reason);
  expect(error).toMatchObject({ name: "CloudTaskError", code: "UNKNOWN", message });
  expect(error.cause).toBe(reason);
});

test("a failed teardown keeps both what it threw and what had failed before", () => {
  const [commit, handler] = [new Error("commit"), new Error("handler")];
  const error = new TeardownError("the commit failed", commit, handler);
  expect(error).toMatchObject({ code: "TEARDOWN_FAILED", error: commit, suppressed: handler, cause: commit });
});

const NOW = Date.parse("2030-01-01T00:00:00Z");

test.each([
  ["a duration", new RetryAfterError("10m"), 600],
  ["milliseconds, rounded up", new RetryAfterError(1_001), 2],
  ["nothing", new RetryAfterError(0), 0],
  ["a moment", new RetryAfterError(new Date("2030-01-01T00:00:30.001Z")), 31],
  ["a moment that has passed", new RetryAfterError(new Date("2029-01-01T00:00:00Z")), 0],
])("Retry-After from %s", (_, error, seconds) => {
  expect(retryAfterSeconds(error, NOW)).toBe(seconds);
});

test("its message says until when, unless one was given", () => {
  expect(new RetryAfterError("10m").message).toBe("asked to be retried after 10m");
  expect(new RetryAfterError(new Date(NOW)).message).toBe("asked to be retried after 2030-01-01T00:00:00.000Z");
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
])("%s is refused as the time to retry after", (_, after, fragment) => {
  const make = () => new RetryAfterError(after as "10m");
  expect(make).toThrow(TypeError);
  expect(make).toThrow(fragment);
});
