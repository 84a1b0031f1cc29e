const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The terminal sends Ctrl-C to npm and to the command, and npm forwards it: the command gets it twice, almost at once. */
export const SAME_KEY_MS = 300;

/** Options of `stopRequested`. */
export interface StopSignals {
  /** The emitter of signals: the process. */
  readonly source: Pick<NodeJS.EventEmitter, "on">;
  /** The time in milliseconds. */
  readonly now: () => number;
  /** Called on a second signal: stop without waiting. */
  readonly quit: () => void;
}

/** Resolves on the first signal. */
export function stopRequested({ source, now, quit }: StopSignals): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (): void => {
      if (first === undefined) {
        first = now();
        resolve();
      } else if (now() - first >= SAME_KEY_MS) {
        quit();
      }
    };
    for (const signal of SIGNALS) source.on(signal, onSignal);
  });
}
