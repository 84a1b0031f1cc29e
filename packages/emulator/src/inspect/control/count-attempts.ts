import type { EventHub } from "../../event-hub.ts";

/** Runs an action and returns the number of attempts that finished meanwhile. */
export async function countAttempts(events: EventHub, action: () => Promise<void>): Promise<number> {
  let count = 0;
  const stop = events.on("attempt", ({ phase }) => {
    if (phase === "finished") count += 1;
  });
  try {
    await action();
  } finally {
    stop();
  }
  return count;
}
