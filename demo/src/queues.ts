import type { Queues } from "cloudtask";

/** The queues of the shop, for its client and for the emulator. */
export const queues = {
  default: null,
  visits: null,
  orders: { concurrency: 1 }, // SQLite allows one writer at a time
  "orders-dead": { paused: true },
  partners: { retry: { minBackoff: "250ms", maxDoublings: 4, maxAttempts: 5 } },
} as const satisfies Queues;
