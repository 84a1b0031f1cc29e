import { lengthText } from "../../emulator/attempt-line.ts";
import { type Finding, failed, ok, unknown } from "../check.ts";
import type { Facts } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";
import { explainAttempt } from "./emulator-attempt.ts";
import { explainStatus } from "./explain-status.ts";
import { Ping } from "./ping.ts";

/** The first wait between two reads, and the longest one. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** Options of `deliverPing`. */
export interface DeliverOptions {
  readonly queue: string;
  readonly url: string;
  /** Aborts the wait. The ping is deleted. */
  readonly signal: AbortSignal;
}

/** Pushes a ping, waits for its delivery, and deletes it in any case. */
export async function deliverPing(facts: Facts, { queue, url, signal }: DeliverOptions): Promise<Finding> {
  const ping = new Ping(facts, queue);
  const startedMs = performance.now();
  let finding: Finding;
  try {
    await ping.push(url);
    finding = await waitFor(ping, facts, signal, startedMs);
  } catch (error) {
    if (!(error instanceof GoogleFailure)) throw error;
    finding = failed(
      `the ping could not be pushed or read: ${error.message}`,
      "see the checks `queue`, `permissions` and `act-as`",
    );
  }
  const left = await ping.delete().then(
    () => undefined,
    (error: Error) => error.message,
  );
  // A delivered task no longer exists, even if the caller may not delete tasks.
  if (left === undefined || finding.status === "ok") return finding;
  return { ...finding, message: `${finding.message}; the task ${ping.name} could not be deleted: ${left}` };
}

async function waitFor(ping: Ping, facts: Facts, signal: AbortSignal, startedMs: number): Promise<Finding> {
  const { setup } = facts;
  let isRunning = false;
  for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const state = await ping.state();
    if (state.kind === "gone" || state.kind === "failed") {
      const attempt = setup.emulator && (await explainAttempt(setup.emulator, ping.name, setup));
      return attempt ?? (state.kind === "failed" ? explainStatus(state.httpStatus) : delivered(startedMs, setup.url));
    }
    isRunning = state.kind === "running";
    await sleep(wait, signal);
  }
  const limit = lengthText(performance.now() - startedMs);
  if (isRunning)
    return failed(
      `the worker did not answer the ping within ${limit}`,
      "read the log of the worker and of its platform",
    );
  return unknown(
    `the ping was not dispatched within ${limit}`,
    "other tasks or the rate of the queue delay it; see the check `queue`, or pass a longer --timeout",
  );
}

function delivered(startedMs: number, url: string | undefined): Finding {
  return ok(
    `Cloud Tasks delivered a ping in ${lengthText(performance.now() - startedMs)}, and ${url} answered with a 2xx status`,
  );
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
