import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Send } from "./api.ts";
import { now } from "./target.ts";

/** How fast something went, and whether it could have gone faster. */
export interface Rate {
  readonly perSecond: number;
  /** The share of the time that the other side, the load or the target, was busy: near 1 it was the limit. */
  readonly utilization: number;
}

/** Sends all requests, each caller one after the other. */
export async function sendAll(requests: readonly Buffer[], callers: readonly Send[]): Promise<Rate> {
  const rest = requests.values();
  const busy = performance.eventLoopUtilization();
  const began = now();
  await Promise.all(
    callers.map(async (send) => {
      for (const request of rest) await send(request);
    }),
  );
  const seconds = (now() - began) / 1000;
  return { perSecond: requests.length / seconds, utilization: performance.eventLoopUtilization(busy).utilization };
}

/**
 * Sends requests at a steady pace, whether or not the ones before are answered.
 *
 * @returns when each was sent, as `now()` tells
 */
export async function sendSteadily(
  requests: readonly Buffer[],
  callers: readonly Send[],
  perSecond: number,
): Promise<number[]> {
  const sent: number[] = [];
  const answers: Promise<void>[] = [];
  const began = now();
  for (const [index, request] of requests.entries()) {
    await delay(Math.max(0, began + (index * 1000) / perSecond - now()));
    sent.push(now());
    const answer = callers[index % callers.length]?.(request);
    if (answer !== undefined) answers.push(answer);
  }
  await Promise.all(answers);
  return sent;
}
