import { lengthText } from "../../emulator/attempt-line.ts";
import { type Finding, failed, ok, unknown } from "../check.ts";
import type { Facts } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";
import { granteeOf } from "../grantee.ts";
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
  /** How long to wait after the push, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts the wait. The ping is deleted. */
  readonly stopped: AbortSignal;
}

/** Pushes a ping, waits for its delivery, and deletes it in any case. */
export async function deliverPing(facts: Facts, options: DeliverOptions): Promise<Finding> {
  const ping = new Ping(facts, options.queue);
  try {
    await ping.push(options.url);
  } catch (error) {
    const isRejected = error instanceof GoogleFailure && error.kind === "answer";
    // Without an answer, the task may exist.
    if (!isRejected) await ping.delete().catch(() => undefined);
    if (!(error instanceof GoogleFailure)) throw error;
    return failed(
      `the ping could not be pushed: ${error.message}`,
      "see the checks `queue`, `permissions` and `act-as`",
    );
  }
  let finding: Finding | undefined;
  let left: Error | undefined;
  try {
    finding = await observe(ping, facts, options);
  } finally {
    left = await ping.delete().then(
      () => undefined,
      (error: Error) => error,
    );
  }
  // A delivered task no longer exists, even if the caller may not delete tasks.
  if (left === undefined || finding.status === "ok") return finding;
  return { ...finding, message: `${finding.message}; the task ${ping.name} could not be deleted: ${left.message}` };
}

/** The caller may push without the permission to read tasks. */
async function observe(ping: Ping, facts: Facts, options: DeliverOptions): Promise<Finding> {
  try {
    return await waitFor(ping, facts, options);
  } catch (error) {
    if (!(error instanceof GoogleFailure)) throw error;
    const grant = `--member=${await granteeOf(facts)} --role=roles/cloudtasks.viewer, and --role=roles/cloudtasks.taskDeleter`;
    return unknown(
      `the ping was pushed, but it cannot be read: ${error.message}`,
      error.isDenied ? `gcloud projects add-iam-policy-binding ${facts.setup.project} ${grant}` : undefined,
    );
  }
}

async function waitFor(ping: Ping, facts: Facts, { stopped, timeoutMs }: DeliverOptions): Promise<Finding> {
  const { setup } = facts;
  const startedMs = performance.now();
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]);
  let wait = FIRST_WAIT_MS;
  for (;;) {
    const isLast = signal.aborted;
    const state = await ping.state();
    if (state.kind === "gone" || state.kind === "failed") {
      const attempt = setup.emulator && (await explainAttempt(setup.emulator, ping.name, setup));
      return attempt ?? (state.kind === "failed" ? explainStatus(state.httpStatus) : delivered(startedMs, setup.url));
    }
    if (stopped.aborted) return unknown("interrupted before the ping was delivered");
    if (isLast) return undelivered(state.kind === "running", lengthText(performance.now() - startedMs));
    await sleep(wait, signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

function undelivered(isRunning: boolean, limit: string): Finding {
  if (isRunning) {
    const remedy = "read the log of the worker and of its platform";
    return failed(`the worker did not answer the ping within ${limit}`, remedy);
  }
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
