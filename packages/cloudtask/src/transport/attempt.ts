import { durationText } from "../core/duration.ts";
import { abortedError } from "../core/errors/aborted-error.ts";
import { type CloudTaskError, isBrandedError } from "../core/errors/cloud-task-error.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import { onAbort } from "./abort-signal.ts";
import { type Destination, unanswered } from "./network-failure.ts";

/**
 * One send, held to its time limit and to the caller's signal.
 *
 * @param destination - what is called and where, for messages
 * @param limits - milliseconds it may take, and the caller's signal
 * @param work - the send; its signal is aborted when the time is up or the caller gives up
 * @returns what `work` returns
 * @throws CloudTaskError of the class that says why: `ABORTED`, TimeoutError, NetworkError, or what `work` threw itself
 */
export async function attempt<T>(
  destination: Destination,
  limits: { readonly limitMs: number; readonly signal: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { limitMs, signal } = limits;
  if (signal?.aborted) throw aborted(destination, signal);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limitMs);
  const unlisten = signal && onAbort(signal, () => controller.abort());
  try {
    return await work(controller.signal);
  } catch (reason) {
    if (isBrandedError(reason)) throw reason;
    if (signal?.aborted) throw aborted(destination, signal);
    throw controller.signal.aborted ? timedOut(destination, limitMs) : unanswered(destination, reason);
  } finally {
    clearTimeout(timer);
    unlisten?.();
  }
}

function timedOut({ what, baseUrl }: Destination, limitMs: number): TimeoutError {
  const limit = durationText(limitMs);
  const message = `Could not ${what}: no answer from ${baseUrl} within ${limit}. It may have been carried out all the same.`;
  return new TimeoutError(message, limitMs);
}

function aborted({ what }: Destination, signal: AbortSignal): CloudTaskError {
  return abortedError(`Could not ${what}`, signal, "A request already sent may still have been carried out.");
}
