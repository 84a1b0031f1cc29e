import { type ReadonlySignal, signal } from "@preact/signals";
import { liveState, serverNow } from "./live.ts";

const current = signal(serverNow());

/** The current time by the server's clock, in milliseconds since the epoch. It changes once a second, for countdowns, unless the page is paused. */
export const now: ReadonlySignal<number> = current;

setInterval(() => {
  if (!document.hidden && liveState.peek() !== "paused") current.value = serverNow();
}, 1_000);
