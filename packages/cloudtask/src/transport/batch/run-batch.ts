import { type CloudTaskError, isBrandedError } from "../../core/errors/cloud-task-error.ts";
import { hasCode } from "../../core/errors/has-code.ts";
import { NetworkError } from "../../core/errors/network-error.ts";
import { mayHaveActed } from "../may-have-acted.ts";
import { isTransient } from "../retry-delay.ts";
import type { Transport } from "../transport.ts";
import { type RetryRuntime, realRuntime } from "../with-retry.ts";
import type { Operation } from "./operation.ts";
import { readOperation } from "./operation.ts";
import { findOperation, type OperationWait, waitForOperation } from "./wait-for-operation.ts";

/** A BatchCreateTasks or BatchDeleteTasks call. */
export interface BatchCall {
  /** Such as `projects/p/locations/l/queues/q/tasks:batchCreate`. */
  readonly path: string;
  /** Returns the request as proto3 JSON, with this `requestId`. */
  readonly body: (requestId: string) => string;
  /** The action, for messages: `push 100 tasks to projects/p/locations/l/queues/q`. */
  readonly action: string;
  /** Aborts the batch. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `runBatch()`. */
export interface BatchLimits {
  /** The time limit of a call with its retries (`apiRetry.totalTimeout`), in milliseconds. `0` disables repeated sends. */
  readonly totalTimeoutMs: number;
  /** Clock, random numbers and waiting, for tests. */
  readonly runtime?: RetryRuntime;
}

/**
 * The end of a batch:
 * - `done`: the operation has the result of each item.
 * - `rejected`: nothing was carried out.
 * - `unclear`: the batch may have been carried out. `error` is the error to report. `lost` is a failure for which
 *   `mayHaveActed()` is true.
 */
export type BatchEnd =
  | { readonly kind: "done"; readonly operation: Operation }
  | { readonly kind: "rejected"; readonly error: unknown }
  | { readonly kind: "unclear"; readonly error: unknown; readonly lost: CloudTaskError };

/** The longest wait for an operation if retries are disabled. */
const DEFAULT_WAIT_MS = 20_000;

/** Sends after an answer that cannot be read, each with the same request id; reads of an operation after a rejection. */
const MAX_TRIES = 4;
const RETRY_DELAY_MS = 100;

/**
 * Sends a batch, which is carried out once at most. Each of its requests has the same id, a random UUID. Cloud Tasks rejects
 * an id that it has seen, and then the operation of the earlier request has the result. So a batch can be repeated after any
 * failure.
 *
 * Does not throw for a failed call: the end says whether the batch may have been carried out.
 */
export async function runBatch(transport: Transport, batch: BatchCall, limits: BatchLimits): Promise<BatchEnd> {
  const requestId = crypto.randomUUID();
  const { runtime = realRuntime, totalTimeoutMs } = limits;
  const { action, signal, path } = batch;
  const name = `${path.slice(0, path.indexOf("/queues/"))}/operations/${requestId}`;
  const timeoutMs = totalTimeoutMs || DEFAULT_WAIT_MS;
  const wait: OperationWait = { transport, name, action, signal, timeoutMs, runtime };
  const sent = await send(batch, requestId, { transport, runtime, totalTimeoutMs });
  if ("operation" in sent) return resultOf(sent.operation, wait, sent.lost);
  const { error, lost } = sent;
  if (lost === undefined) return { kind: "rejected", error };
  if (isDuplicate(error, requestId)) return resultOf(undefined, wait, lost);
  const operation = await operationAfter(error, wait).catch(() => undefined);
  return operation === undefined ? { kind: "unclear", error, lost } : resultOf(operation, wait, lost);
}

/** The last answer to the requests of a batch. `lost` is the first failure after which it may have been carried out. */
type Sent = { readonly lost: CloudTaskError | undefined } & (
  | { readonly operation: Operation }
  | { readonly error: unknown }
);

/** Sends a batch again after an answer that cannot be read, which the transport does not retry. */
async function send(
  { path, body, action, signal }: BatchCall,
  requestId: string,
  { transport, runtime, totalTimeoutMs }: { transport: Transport; runtime: RetryRuntime; totalTimeoutMs: number },
): Promise<Sent> {
  const startMs = runtime.now();
  let lost: CloudTaskError | undefined;
  const onRetry = (failure: unknown): void => {
    if (isUnclear(failure)) lost ??= isBrandedError(failure) ? failure : lostAnswer(action);
  };
  const call = { method: "POST", path, body: body(requestId), action, signal, onRetry } as const;
  for (let sends = 1; ; sends += 1) {
    try {
      const answer = await transport.call(call);
      return { operation: readOperation(answer.body, action), lost };
    } catch (error) {
      onRetry(error);
      // The API has the batch although no failure was seen: something on the way repeated the request.
      if (isDuplicate(error, requestId)) lost ??= lostAnswer(action);
      const delayMs = runtime.random() * RETRY_DELAY_MS * 2 ** sends;
      const inTime = runtime.now() - startMs + delayMs < totalTimeoutMs;
      if (!isUnclear(error) || signal?.aborted || sends === MAX_TRIES || !inTime) return { error, lost };
      await runtime.sleep(delayMs, signal);
    }
  }
}

/**
 * Reads the operation of a batch after its last request failed. A request that the API rejected leaves time for several reads,
 * because an answer may be unreadable, or the API may not show the operation at first.
 */
async function operationAfter(error: unknown, wait: OperationWait): Promise<Operation | undefined> {
  const { signal, runtime } = wait;
  // After a timeout there is no time left, and an API that did not answer would not answer this either.
  if (signal?.aborted || hasCode(error, "TIMEOUT")) return undefined;
  // Other failures were repeated until the time was over. An error of another class counts as unclear.
  const once = isUnclear(error) || isTransient(error as CloudTaskError) || undefined;
  for (let reads = 1; ; reads += 1) {
    const operation = await findOperation(wait, once);
    if (operation || once || reads === MAX_TRIES) return operation;
    await runtime.sleep(RETRY_DELAY_MS * reads, signal);
  }
}

async function resultOf(
  latest: Operation | undefined,
  wait: OperationWait,
  lost: CloudTaskError | undefined,
): Promise<BatchEnd> {
  try {
    return { kind: "done", operation: latest?.done ? latest : await waitForOperation(latest, wait) };
  } catch (error) {
    return { kind: "unclear", error, lost: lost ?? lostAnswer(wait.action) };
  }
}

function lostAnswer(action: string): NetworkError {
  return new NetworkError(`Could not ${action}: the answer was lost.`);
}

/** Checks whether the API may have carried out a request. An error of a custom transport does not show whether it was sent. */
function isUnclear(failure: unknown): boolean {
  if (hasCode(failure, "API_ERROR") && failure.httpStatus === 501) return false;
  return !isBrandedError(failure) || mayHaveActed(failure);
}

function isDuplicate(error: unknown, requestId: string): boolean {
  return (
    hasCode(error, "API_ERROR") &&
    error.apiMessage.startsWith(`Duplicate operation id in the batch request: ${requestId}`)
  );
}
