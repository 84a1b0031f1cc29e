/** Maximum time to clean up after the signal aborts. */
const CLEANUP_MS = 3_000;

/** The demo was stopped before its end. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Aborts with a StoppedError on Ctrl-C, on SIGTERM and after a time limit. If the process is still running a few seconds
 * later, it is ended, so the demo never hangs.
 */
export function stopSignal(limitMs: number): AbortSignal {
  const controller = new AbortController();
  const stop = (message: string, exitCode: number) => (): void => {
    controller.abort(new StoppedError(message, exitCode));
    setTimeout(() => {
      console.error(`${message}, and the cleanup did not finish`);
      process.exit(exitCode);
    }, CLEANUP_MS).unref();
  };
  process.once("SIGINT", stop("interrupted", 130));
  process.once("SIGTERM", stop("terminated", 143));
  process.stdout.on("error", stop("the output was closed", 1));
  setTimeout(stop(`timed out after ${limitMs / 1000} s`, 1), limitMs).unref();
  return controller.signal;
}

/** Waits for `work`, but rejects with the signal's reason as soon as the signal aborts. */
export async function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  return Promise.race([work, stopped]);
}
