import type { Queues } from "cloudtask";

/** The queues of both services, for the client and the emulator. */
export const queues = {
  default: null,
  payments: { retry: { minBackoff: "1s" } },
} as const satisfies Queues;
