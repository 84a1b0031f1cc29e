const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** npm passes Ctrl-C on to a command that has had it from the terminal already, so it comes twice, at almost the same time. */
const SAME_KEY_MS = 300;

/** What stops an emulator. */
export interface StopSignals {
  /** Where signals arrive: the process. */
  readonly source: Pick<NodeJS.EventEmitter, "on">;
  /** The time in milliseconds. */
  readonly now: () => number;
  /** Called for the second signal: whoever sends it does not want to wait. */
  readonly quit: () => void;
}

/** @returns resolves with the first signal */
export function stopRequested({ source, now, quit }: StopSignals): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const heard = (): void => {
      if (first === undefined) {
        first = now();
        resolve();
      } else if (now() - first >= SAME_KEY_MS) {
        quit();
      }
    };
    for (const signal of SIGNALS) source.on(signal, heard);
  });
}
