import { type Check, skipped } from "../check.ts";
import { deliverPing } from "../deliver/deliver-ping.ts";
import { worst } from "../worst.ts";

/** Time to push the pings, and to delete them after the wait. */
const CLEANUP_MS = 20_000;

/**
 * Pushes a ping to each queue, and reads its last attempt: the only proof of everything together.
 *
 * @param stopped - aborts the wait, and the pings are deleted
 */
export function deliveryCheck(timeoutMs: number, stopped: AbortSignal): Check {
  return {
    id: "delivery",
    limitMs: timeoutMs + CLEANUP_MS,
    run: async (facts) => {
      const { url, queues } = facts.setup;
      if (url === undefined) return skipped("no URL is set: pass --url or --client");
      return worst(await Promise.all(queues.map((queue) => deliverPing(facts, { queue, url, timeoutMs, stopped }))));
    },
  };
}
