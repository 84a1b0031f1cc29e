import { errorMessage } from "../../core/error-message.ts";
import { timeOf } from "../connection.ts";
import type { PreparedPush } from "../push/prepare.ts";
import type { PushBatches } from "../push/push-batches.ts";
import type { PushResult } from "../push/push-options.ts";
import { Batches } from "../push-many/batches.ts";
import type { PushedTask, PushManyResult } from "../push-many/push-many-result.ts";
import type { DeferredPushError } from "./deferred-push-error.ts";
import type { DeferredPush } from "./deferred-pushes.ts";

/** The deferred pushes of work that has succeeded. */
export interface PendingPushes {
  readonly pushes: readonly DeferredPush[];
  /** The name of the work in messages. */
  readonly work: string;
  /** The value that the work returned. */
  readonly value: unknown;
  readonly send: SendPush;
  /** The client's own class: a test runner that resets its modules evaluates this file, which is loaded late, with other classes. */
  readonly DeferredPushError: typeof DeferredPushError;
}

/** Sends a push, together with others if `batches` is set. */
export type SendPush = (push: PreparedPush, batches: PushBatches | undefined) => Promise<PushResult>;

/**
 * Sends all deferred pushes, even if some fail.
 *
 * @throws DeferredPushError if some were not confirmed
 */
export async function sendDeferred(pending: PendingPushes): Promise<readonly PushedTask[]> {
  return sendAll(pending, pending.pushes.map(namedOnce), []);
}

/** Returns a push under its final name: the same name in every call. */
type NamedPush = () => Promise<PreparedPush>;

function namedOnce({ push }: DeferredPush): NamedPush {
  let named: PreparedPush | undefined;
  return async () => {
    // The window of the push may have had its run before the commit, so the push is named for the current window. The commit
    // cannot be undone, so the signal no longer aborts the push.
    named ??= { ...((await push.renamed?.(await timeOf(push.route))) ?? push), signal: undefined };
    return named;
  };
}

async function sendAll(
  pending: PendingPushes,
  named: readonly NamedPush[],
  previous: readonly PushManyResult[],
): Promise<readonly PushedTask[]> {
  const results = [...previous];
  const unsent = [...pending.pushes.entries()].filter(([index]) => results[index]?.status !== "pushed");
  const queue = unsent.values();
  // A single push needs no batch: its name already prevents a duplicate.
  const batches = new Batches({ batch: unsent.length > 1 });
  await batches.each(
    () => queue.next().value,
    async ([index, deferred]) => {
      results[index] = await sendOne(pending, deferred, named[index], batches);
    },
  );
  if (results.every((result) => result.status === "pushed")) return results;
  throw failure(pending, named, results);
}

async function sendOne(
  { send }: PendingPushes,
  { task, push }: DeferredPush,
  named: NamedPush | undefined,
  batches: Batches,
): Promise<PushManyResult> {
  try {
    return { status: "pushed", task, result: await send((await named?.()) ?? push, batches) };
  } catch (error) {
    return { status: "failed", task, error, mayExist: push.trace.mayExist };
  }
}

function failure(
  pending: PendingPushes,
  named: readonly NamedPush[],
  results: readonly PushManyResult[],
): DeferredPushError {
  const failures = results.filter((result) => result.status === "failed");
  const cause = failures[0]?.error;
  const message =
    `${pending.work} succeeded, but ${failures.length} of its ${results.length} tasks were not confirmed. retry() of this error ` +
    `sends them again, without creating a task twice. The first failure: ${errorMessage(cause)}`;
  const retry = (): Promise<readonly PushedTask[]> => sendAll(pending, named, results);
  return new pending.DeferredPushError(
    message,
    { results, failed: failures.length, value: pending.value, retry },
    { cause },
  );
}
