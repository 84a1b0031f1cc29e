import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Send } from "./api.ts";
import { now } from "./target.ts";

/** A measured rate, and how busy the measuring side was. */
export interface Rate {
  readonly perSecond: number;
  /** The share of the time for which the load generator or the target was busy, 0 to 1. Near 1, it was the bottleneck. */
  readonly utilization: number;
}

/** Sends all requests. Each caller sends one after the other. */
export async function sendAll(requests: readonly Buffer[], callers: readonly Send[]): Promise<Rate> {
  const remaining = requests.values();
  const busy = performance.eventLoopUtilization();
  const startedAt = now();
  await Promise.all(
    callers.map(async (send) => {
      for (const request of remaining) await send(request);
    }),
  );
  const seconds = (now() - startedAt) / 1000;
  return { perSecond: requests.length / seconds, utilization: performance.eventLoopUtilization(busy).utilization };
}

/**
 * Sends requests at a constant rate, without waiting for responses.
 *
 * @returns the time at which each was sent, by `now()`
 */
export async function sendSteadily(
  requests: readonly Buffer[],
  callers: readonly Send[],
  perSecond: number,
): Promise<number[]> {
  const sent: number[] = [];
  const answers: Promise<void>[] = [];
  const startedAt = now();
  for (const [index, request] of requests.entries()) {
    await delay(Math.max(0, startedAt + (index * 1000) / perSecond - now()));
    sent.push(now());
    const answer = callers[index % callers.length]?.(request);
    if (answer !== undefined) answers.push(answer);
  }
  await Promise.all(answers);
  return sent;
}
