/** The backoff settings of a queue, in milliseconds. */
export interface BackoffPolicy {
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
}

/**
 * Computes the backoff before the next attempt as Cloud Tasks does: it doubles up to `maxDoublings` times, then grows by a
 * constant step, and never exceeds `maxBackoffMs`.
 *
 * Source: `RetryConfig.max_doublings` in google/cloud/tasks/v2/queue.proto.
 *
 * @param policy - the queue's retry configuration, in milliseconds
 * @param failures - attempts that have failed so far, 1 or more
 * @returns milliseconds to wait from the moment of the failure
 */
export function backoffMs(policy: BackoffPolicy, failures: number): number {
  const doublings = Math.min(failures - 1, policy.maxDoublings);
  const steps = Math.max(1, failures - policy.maxDoublings);
  // Many failures make 2 ** doublings infinite, and 0 * Infinity is NaN.
  return policy.minBackoffMs === 0 ? 0 : Math.min(policy.minBackoffMs * 2 ** doublings * steps, policy.maxBackoffMs);
}
