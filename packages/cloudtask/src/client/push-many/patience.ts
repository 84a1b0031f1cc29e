import { CircuitOpenError } from "../../core/errors/circuit-open-error.ts";
import { realRuntime } from "../../transport/retry.ts";
import type { PushTrace } from "../push/push-trace.ts";

/** How long a list waits in all for an API that is down, in milliseconds: a restart, or a short outage. */
const MOST_MS = 60_000;

/** A call that is on its way to see whether the API is back says nothing of when it will have seen. */
const LEAST_MS = 100;

/**
 * Waits where the circuit is open, for pushes that belong together: failing fast is for whoever can do something else, and
 * would throw away the rest of a list within milliseconds. Once it has waited in vain for a minute, no push waits any more
 * until one succeeds.
 */
export class Patience {
  #sinceMs: number | undefined;

  /**
   * @param push - sends; sent again where the circuit was open, for nothing was sent then
   * @param trace - the push's: an error that its own circuit did not throw is its handler's, which has run
   * @param signal - ends the wait
   * @returns what `push` resolved to
   * @throws whatever `push` rejected with; CircuitOpenError where the patience is at an end
   */
  async push<T>(push: () => Promise<T>, trace: PushTrace, signal: AbortSignal | undefined): Promise<T> {
    for (;;) {
      try {
        const result = await push();
        this.#sinceMs = undefined;
        return result;
      } catch (error) {
        if (!(error instanceof CircuitOpenError && error === trace.unsent && this.#mayWait(error))) throw error;
        await realRuntime.sleep(Math.max(error.retryAfterMs, LEAST_MS), signal);
      }
    }
  }

  #mayWait({ retryAfterMs }: CircuitOpenError): boolean {
    const nowMs = realRuntime.now();
    this.#sinceMs ??= nowMs;
    return nowMs + retryAfterMs - this.#sinceMs <= MOST_MS;
  }
}
