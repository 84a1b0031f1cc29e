/** The longest time between two reads after failures, in milliseconds. */
const MAX_MS = 120_000;

/** Reads at an interval, for a server without events. */
export interface Polling {
  /** Reads now, and then at each interval. */
  start(): void;
  stop(): void;
  /** Reads now. */
  now(): Promise<void>;
}

/**
 * Creates a polling. A page in the background does not read. After each failure the interval doubles, so a quota that is used up can
 * recover.
 *
 * @param poll - reads, and resolves with whether it succeeded
 */
export function createPolling(intervalMs: number, poll: () => Promise<boolean>): Polling {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOn = false;
  let failures = 0;
  let startedAt = 0;

  const now = async (): Promise<void> => {
    clearTimeout(timer);
    startedAt = Date.now();
    failures = (await poll()) ? 0 : failures + 1;
    clearTimeout(timer);
    if (isOn) timer = setTimeout(next, Math.min(intervalMs * 2 ** failures, MAX_MS));
  };
  const next = (): void => {
    if (!document.hidden) void now();
  };
  document.addEventListener("visibilitychange", () => {
    if (isOn && !document.hidden && Date.now() - startedAt >= intervalMs) void now();
  });
  return {
    start: () => {
      isOn = true;
      void now();
    },
    stop: () => {
      isOn = false;
      clearTimeout(timer);
    },
    now,
  };
}
