import { durationText } from "./duration.ts";
import type { RetrySettings } from "./retry-settings.ts";
import type { SettingPosition } from "./setting-position.ts";
import { durationSetting, integerSetting, mapSetting, type SettingReader, settingOf } from "./setting-readers.ts";

/** Checked retry settings of a queue. A missing one was not given. Durations are in milliseconds. */
export interface QueueRetry {
  /** The first attempt counts. -1 means no limit. */
  readonly maxAttempts?: number;
  readonly minBackoff?: number;
  readonly maxBackoff?: number;
  readonly maxDoublings?: number;
  /** 0 means no limit. */
  readonly maxRetryDuration?: number;
}

/** The defaults of Cloud Tasks. Source: `RetryConfig` in google/cloud/tasks/v2/queue.proto. */
const DEFAULTS = { minBackoff: 100, maxBackoff: 3_600_000 };

const MAX_INT32 = 2 ** 31 - 1;

/** The API counts a 0 as missing, and the default would apply instead. */
const backoff = durationSetting('a duration of more than 0, such as "5s" or "10m"', (ms) => ms > 0);

const fields = mapSetting<Required<{ [K in keyof RetrySettings]: number }>>(
  {
    maxAttempts: settingOf(
      "an integer of 1 or more, or -1 for no limit",
      (value): value is number => Number.isInteger(value) && (value === -1 || (value as number) >= 1),
    ),
    minBackoff: backoff,
    maxBackoff: backoff,
    maxDoublings: integerSetting(1, MAX_INT32),
    maxRetryDuration: durationSetting('a duration in whole seconds, such as "90s" or "1d"', (ms) => ms % 1000 === 0),
  },
  {
    maxRetries: "maxAttempts",
    attempts: "maxAttempts",
    retries: "maxAttempts",
    minDelay: "minBackoff",
    maxDelay: "maxBackoff",
  },
);

/** Reads the retry settings of a queue, with the rules of Cloud Tasks. */
export const queueRetry: SettingReader<QueueRetry> = (value, position) => {
  const retry = fields(value, position);
  checkOrder(retry, position);
  return retry;
};

function checkOrder({ minBackoff, maxBackoff }: QueueRetry, position: SettingPosition): void {
  const { minBackoff: least, maxBackoff: most } = {
    minBackoff: minBackoff ?? DEFAULTS.minBackoff,
    maxBackoff: maxBackoff ?? DEFAULTS.maxBackoff,
  };
  if (least <= most) return;
  const [key, other] = minBackoff === undefined ? ["maxBackoff", "minBackoff"] : ["minBackoff", "maxBackoff"];
  throw position
    .child(key)
    .error(
      `minBackoff (${durationText(least)}) must not exceed maxBackoff (${durationText(most)}); set ${other} as well`,
    );
}
