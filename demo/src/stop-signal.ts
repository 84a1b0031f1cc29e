/** How long what runs may take to clean up once it is told to stop. */
const CLEANUP_MS = 3_000;

/** Why the demo ended before its end. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Aborts with a StoppedError on Ctrl-C, on SIGTERM, and when the time is up. Should the process still be there a little
 * later, it is ended: whatever happens, the demo does not hang.
 */
export function stopSignal(limitMs: number): AbortSignal {
  const controller = new AbortController();
  const stop = (message: string, exitCode: number) => (): void => {
    controller.abort(new StoppedError(message, exitCode));
    setTimeout(() => {
      console.error(`${message}, and cleaning up did not end either`);
      process.exit(exitCode);
    }, CLEANUP_MS).unref();
  };
  process.once("SIGINT", stop("interrupted", 130));
  process.once("SIGTERM", stop("terminated", 143));
  process.stdout.on("error", stop("nobody reads this any more", 1));
  setTimeout(stop(`not done after ${limitMs / 1000} s`, 1), limitMs).unref();
  return controller.signal;
}

/** Waits for work, but no longer than until the signal aborts; then it rejects with the signal's reason. */
export async function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  return Promise.race([work, stopped]);
}
