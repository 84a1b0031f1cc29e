import { errorMessage } from "./error-message.ts";
import {
  checkBackoffOrder,
  type ResolvedRetry,
  type RetrySettings,
  retryChecks,
  retryNames,
} from "./retry-settings.ts";
import type { SettingPosition } from "./setting-position.ts";
import { mapSetting, type SettingReader } from "./setting-readers.ts";

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

const fields: SettingReader<QueueRetry> = mapSetting<Required<QueueRetry>>(
  {
    maxAttempts: field("maxAttempts"),
    minBackoff: field("minBackoff"),
    maxBackoff: field("maxBackoff"),
    maxDoublings: field("maxDoublings"),
    maxRetryDuration: field("maxRetryDuration"),
  },
  retryNames,
);

/** Reads the retry settings of a queue, with the rules of Cloud Tasks. */
export const queueRetry: SettingReader<QueueRetry> = (value, position) => {
  const retry = fields(value, position);
  atPosition(position.child("minBackoff"), () => checkBackoffOrder(taskRetryOf(retry), ""));
  return retry;
};

/** Returns the retry settings of a queue as those of a task in it. */
export function taskRetryOf(retry: QueueRetry): ResolvedRetry {
  const { maxAttempts, minBackoff, maxBackoff, maxDoublings, maxRetryDuration } = retry;
  return {
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(minBackoff !== undefined && { minBackoffMs: minBackoff }),
    ...(maxBackoff !== undefined && { maxBackoffMs: maxBackoff }),
    ...(maxDoublings !== undefined && { maxDoublings }),
    ...(maxRetryDuration !== undefined && { maxRetryDurationMs: maxRetryDuration }),
  };
}

function field(name: keyof RetrySettings): SettingReader<number> {
  return (value, position) => atPosition(position, () => retryChecks[name](value, ""));
}

/** Runs a check whose messages begin with a subject and the setting, and lets them begin with the position instead. */
function atPosition<T>(position: SettingPosition, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw position.error(errorMessage(error).replace(/^: (?:`retry\.\w+` |retry\.\w+: )?/, ""));
  }
}
