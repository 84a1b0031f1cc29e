import { abortedUnsent } from "../../core/errors/aborted-error.ts";
import { ApiError } from "../../core/errors/api-error.ts";
import { hasCode } from "../../core/errors/has-code.ts";
import { redactor } from "../../core/redact.ts";
import { httpStatusOf, rpcStatusName } from "../../core/rpc-status.ts";
import { apiFailure } from "../../transport/api-failure.ts";
import type { Operation, StatusJson } from "../../transport/batch/operation.ts";
import { type BatchEnd, runBatch } from "../../transport/batch/run-batch.ts";
import { isTransient } from "../../transport/retry-delay.ts";
import type { Batch, BatchItem } from "./batch.ts";
import { type Refusal, refusalIn } from "./batch-support.ts";

/** The creates of a batch that must be sent one by one. */
export interface Unsettled {
  readonly items: readonly BatchItem[];
  /** Set if the API does not accept batches. */
  readonly refusal?: Refusal | undefined;
}

/** The HTTP statuses of answers that say nothing about the content of a request. */
const NOT_ABOUT_CONTENT: ReadonlySet<number> = new Set([401, 408, 409, 429]);

/**
 * Sends a batch, and settles its items. If the API rejects the whole batch, each task must be created on its own, so each gets the
 * error that is its own.
 *
 * @returns the items that are not settled
 */
export async function sendBatch(batch: Batch, signal: AbortSignal | undefined): Promise<Unsettled> {
  const { target, items, path } = batch;
  const action = actionOf(batch);
  if (signal?.aborted) return rejectAll(items, abortedUnsent(`Could not ${action}`, signal));
  const call = { path: `${path}:batchCreate`, body: (id: string) => batch.body(id), action, signal };
  const end = await runBatch(target.transport, call, target);
  if (end.kind === "done") return settle(items, end.operation);
  if (end.kind === "unclear") return settleUnclear(items, end);
  const { error } = end;
  return isAboutContent(error) ? { items, refusal: refusalIn(error) } : rejectAll(items, error);
}

function actionOf({ items, queueName }: Batch): string {
  const [first] = items;
  return items.length === 1 && first ? first.call.action : `push ${items.length} tasks to ${queueName}`;
}

function isAboutContent(error: unknown): boolean {
  if (!hasCode(error, "API_ERROR")) return false;
  const { httpStatus } = error;
  return httpStatus === 501 || (httpStatus >= 400 && httpStatus < 500 && !NOT_ABOUT_CONTENT.has(httpStatus));
}

function rejectAll(items: readonly BatchItem[], error: unknown): Unsettled {
  for (const { reject } of items) reject(error);
  return { items: [] };
}

/**
 * The tasks may exist. If only the result could not be read, for example because a permission is missing, another create of a
 * named task is safe and shows whether it exists.
 */
function settleUnclear(
  items: readonly BatchItem[],
  { error, lost }: BatchEnd & { readonly kind: "unclear" },
): Unsettled {
  for (const { call } of items) call.onRetry?.(lost);
  if (!isAboutContent(error)) return rejectAll(items, error);
  rejectAll(
    items.filter(({ call }) => call.name === undefined),
    error,
  );
  return { items: items.filter(({ call }) => call.name !== undefined) };
}

function settle(items: readonly BatchItem[], operation: Operation): Unsettled {
  const failures = items.map((_, index) => operation.failures[index]);
  const isComplete = operation.tasks.length === failures.filter((failure) => failure === undefined).length;
  const unsettled: BatchItem[] = [];
  let next = 0;
  items.forEach((item, index) => {
    const failure = failures[index] ?? operation.error;
    if (failure !== undefined) {
      if (!rejectFailed(item, failure)) unsettled.push(item);
      return;
    }
    const task = operation.tasks[next++];
    if (isComplete && isTaskOf(item, task)) item.resolve({ body: task, attempts: 1 });
    else item.reject(unconfirmed(item, operation));
  });
  return { items: unsettled };
}

/** Rejects an item, unless its failure is transient. */
function rejectFailed({ call, target, reject }: BatchItem, { code = 2, message = "" }: StatusJson): boolean {
  const { action, method, path } = call;
  const { emulator, secrets } = target;
  const status = rpcStatusName(code);
  const body = JSON.stringify({ error: { status, message } });
  const response = { status: httpStatusOf(status), headers: {}, body };
  const error = apiFailure(response, { action, method, path, emulator, redact: redactor(secrets()), nowMs: 0 });
  if (isTransient(error)) {
    call.onRetry?.(error);
    return false;
  }
  reject(error);
  return true;
}

/** Checks that a task in the result belongs to an item. A name that Cloud Tasks generated cannot be checked. */
function isTaskOf({ call }: BatchItem, task: unknown): boolean {
  return call.name === undefined || Object(task).name === call.name;
}

function unconfirmed({ call }: BatchItem, { name, tasks }: Operation): ApiError {
  const message =
    `Could not ${call.action}: the result of the batch, ${name}, lists ${tasks.length} tasks, and they do not match the requests. ` +
    "The task may have been created.";
  return new ApiError(message, { status: "UNKNOWN", httpStatus: 200, apiMessage: "" });
}
