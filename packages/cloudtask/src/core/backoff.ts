/** How Cloud Tasks spaces the attempts of a queue, in milliseconds. */
export interface BackoffPolicy {
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
}

/**
 * Backoff before the next attempt, as Cloud Tasks computes it: doubling up to `maxDoublings`, then growing by a constant
 * step, never above `maxBackoffMs`.
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
  // Where there is nothing to double, doubling it for ever would be nothing times infinity.
  return policy.minBackoffMs === 0 ? 0 : Math.min(policy.minBackoffMs * 2 ** doublings * steps, policy.maxBackoffMs);
}
