import { errorMessage } from "../../core/error-message.ts";
import type { PreparedPush } from "../push/prepare.ts";
import type { PushResult } from "../push/push-options.ts";
import type { PushedTask, PushManyResult } from "../push-many/push-many-result.ts";
import { DeferredPushError } from "./deferred-push-error.ts";
import type { DeferredPush } from "./deferred-pushes.ts";

/** How many are on their way at once. */
const CONCURRENCY = 32;

/** What is sent once something has succeeded. */
export interface Owed {
  readonly deferred: readonly DeferredPush[];
  /** What succeeded, for the message. */
  readonly doing: string;
  /** What that returned. */
  readonly value: unknown;
  readonly send: (push: PreparedPush) => Promise<PushResult>;
}

/**
 * Sends what was held, all of it, whatever fails.
 *
 * @param owed - the pushes
 * @returns a result for each
 * @throws DeferredPushError where some were not confirmed
 */
export async function sendDeferred(owed: Owed): Promise<readonly PushedTask[]> {
  return sendAll(owed, owed.deferred.map(namedOnce), []);
}

/** A push under the name that it is sent under, however often. */
type Named = () => Promise<PreparedPush>;

function namedOnce({ push }: DeferredPush): Named {
  let named: PreparedPush | undefined;
  return async () => {
    // A window that has ended meanwhile may have had its run before what is pushed for was committed. From here on the name
    // stays. Nor is there a way back any more, so no signal gives it up.
    named ??= { ...((await push.renamed?.(push.route.now())) ?? push), signal: undefined };
    return named;
  };
}

async function sendAll(
  owed: Owed,
  named: readonly Named[],
  before: readonly PushManyResult[],
): Promise<readonly PushedTask[]> {
  const results = [...before];
  const waiting = owed.deferred.entries();
  async function sendInTurn(): Promise<void> {
    for (const [index, held] of waiting) {
      if (results[index]?.status !== "pushed") results[index] = await sendOne(owed, held, named[index]);
    }
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, owed.deferred.length) }, sendInTurn));
  if (results.every((result) => result.status === "pushed")) return results;
  throw failure(owed, named, results);
}

async function sendOne(
  { send }: Owed,
  { task, push }: DeferredPush,
  named: Named | undefined,
): Promise<PushManyResult> {
  try {
    return { status: "pushed", task, result: await send((await named?.()) ?? push) };
  } catch (error) {
    return { status: "failed", task, error, mayExist: push.trace.mayExist };
  }
}

function failure(owed: Owed, named: readonly Named[], results: readonly PushManyResult[]): DeferredPushError {
  const failures = results.filter((result) => result.status === "failed");
  const cause = failures[0]?.error;
  const message =
    `${failures.length} of ${results.length} tasks pushed inside ${owed.doing} were not confirmed. It had succeeded by then, so ` +
    `that they are owed: retry() of this error sends them again without doubling any; the first failure: ` +
    `${errorMessage(cause)}`;
  const retry = (): Promise<readonly PushedTask[]> => sendAll(owed, named, results);
  return new DeferredPushError(message, { results, failed: failures.length, value: owed.value, retry }, { cause });
}
