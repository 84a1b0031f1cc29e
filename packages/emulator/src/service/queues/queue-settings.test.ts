import { expect, test } from "vitest";
import type { QueueSettings } from "../../engine/records.ts";
import { checkQueueSettings, defaultQueueSettings } from "./queue-settings.ts";

const unwritable: readonly [settings: Partial<QueueSettings>, field: string][] = [
  [{ maxDispatchesPerSecond: 1e-310 }, "RateLimits.maxDispatchesPerSecond"],
  [{ maxDispatchesPerSecond: Number.NaN }, "RateLimits.maxDispatchesPerSecond"],
  [{ maxConcurrentDispatches: 1.5 }, "RateLimits.maxConcurrentDispatches"],
  [{ maxAttempts: 2 ** 31 }, "RetryConfig.maxAttempts"],
  [{ maxAttempts: 1.5 }, "RetryConfig.maxAttempts"],
  [{ maxDoublings: 2 ** 31 }, "RetryConfig.maxDoublings"],
  [{ maxRetryDurationMs: 9e21 }, "RetryConfig.maxRetryDuration"],
  [{ maxBackoffMs: 9e21 }, "RetryConfig.maxBackoff"],
  [{ minBackoffMs: 9e21, maxBackoffMs: 9e21 }, "RetryConfig.maxBackoff"],
  [{ loggingSamplingRatio: Number.NaN }, "sampling_ratio"],
  [{ loggingSamplingRatio: 5 }, "sampling_ratio"],
  [{ loggingSamplingRatio: -0.1 }, "sampling_ratio"],
];

test.each(unwritable)(
  "%o is rejected with the name of its field, because no message can contain the value",
  (settings, field) => {
    const check = (): void => checkQueueSettings({ ...defaultQueueSettings, ...settings });
    expect(check).toThrow(
      expect.objectContaining({ status: "INVALID_ARGUMENT", message: expect.stringContaining(field) }),
    );
  },
);

test("the lowest rate and the longest durations are accepted", () => {
  const settings = { maxDispatchesPerSecond: 1e-6, maxBackoffMs: 315_576_000_000_000, loggingSamplingRatio: 1 };
  expect(() => checkQueueSettings({ ...defaultQueueSettings, ...settings })).not.toThrow();
});
