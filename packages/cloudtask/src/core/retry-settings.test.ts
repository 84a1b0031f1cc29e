import { expect, test } from "vitest";
import { checkRetry, mergeRetry, type RetrySettings, retryConfigJson } from "./retry-settings.ts";

test.each<[unknown, string]>([
  [5, "queue: `retry` must be settings such as { maxAttempts: 5 }, received 5"],
  [null, "queue: `retry` must be settings such as { maxAttempts: 5 }, received null"],
  [{ attempts: 5 }, 'queue: retry: unknown option "attempts"; did you mean "maxAttempts"?'],
  [{ maxAttempts: 0 }, "queue: `retry.maxAttempts` must be a positive integer, or -1 for no limit, received 0"],
  [{ maxAttempts: -2 }, "or -1 for no limit, received -2"],
  [{ maxAttempts: 1.5 }, "received 1.5"],
  [{ maxAttempts: 2 ** 31 }, "received 2147483648"],
  [{ maxAttempts: "5" }, 'received "5"'],
  [{ maxAttempts: null }, "received null"],
  [{ maxAttempts: Number.POSITIVE_INFINITY }, "received Infinity"],
  [{ maxDoublings: 0 }, "received 0; Cloud Tasks would replace 0 by its default, 16"],
  [{ maxDoublings: -1 }, "queue: `retry.maxDoublings` must be a positive integer, received -1"],
  [{ minBackoff: 0 }, "longer than 0, received 0; Cloud Tasks would replace it by its default, 0.1s"],
  [{ maxBackoff: "0s" }, 'longer than 0, received "0s"; Cloud Tasks would replace it by its default, 3600s'],
  [{ minBackoff: -5 }, "queue: retry.minBackoff: expected a duration"],
  [{ minBackoff: "soon" }, "queue: retry.minBackoff: expected a duration"],
  [{ maxBackoff: "99999999999d" }, "queue: `retry.maxBackoff` must be at most 315576000000s"],
  [{ maxRetryDuration: "30.9s" }, '`retry.maxRetryDuration` must be a whole number of seconds, received "30.9s"'],
  [{ maxRetryDuration: 1 }, "must be a whole number of seconds, received 1"],
  [
    { minBackoff: "20s", maxBackoff: "10s" },
    "queue: `retry.minBackoff` must not be longer than `retry.maxBackoff`, received 20s and 10s",
  ],
  [{ minBackoff: "2h" }, "received 7200s and 3600s, the default of Cloud Tasks"],
  [{ maxBackoff: "50ms" }, "received 0.1s, the default of Cloud Tasks and 0.05s"],
])("%j is rejected", (retry, message) => {
  expect(() => checkRetry(retry, "queue")).toThrow(message);
  expect(() => checkRetry(retry, "queue")).toThrow(TypeError);
});

test.each<[RetrySettings | undefined, object | undefined]>([
  [undefined, undefined],
  [{}, undefined],
  [{ maxAttempts: undefined }, undefined],
  [{ maxAttempts: -1 }, { maxAttempts: -1 }],
  [{ maxAttempts: 3 }, { maxAttempts: 3 }],
  [{ minBackoff: "100ms" }, { minBackoff: "0.1s" }],
  [
    { minBackoff: 0.000001, maxBackoff: "1.1h" },
    { minBackoff: "0.000000001s", maxBackoff: "3960s" },
  ],
  [{ maxDoublings: 4 }, { maxDoublings: 4 }],
  [{ maxRetryDuration: "1d" }, { maxRetryDuration: "86400s" }],
  [{ maxRetryDuration: "1.1h" }, { maxRetryDuration: "3960s" }],
  [{ maxRetryDuration: 0 }, undefined],
])("%j becomes the RetryConfig %j", (retry, json) => {
  expect(retryConfigJson(checkRetry(retry, "queue"))).toEqual(json);
});

test("a level overrides the fields that it sets and inherits the others", () => {
  const client = checkRetry({ maxAttempts: 9, minBackoff: "2h", maxBackoff: "4h" }, "client");
  const definition = checkRetry({ minBackoff: "3h", maxAttempts: undefined }, "definition", client);
  expect(definition).toEqual({ maxAttempts: 9, minBackoffMs: 10_800_000, maxBackoffMs: 14_400_000 });
  expect(() => checkRetry({ maxBackoff: "1h" }, "push", definition)).toThrow("received 10800s and 3600s");
  expect(mergeRetry(client, undefined, { maxDoublings: 2 })).toEqual({ ...client, maxDoublings: 2 });
});
