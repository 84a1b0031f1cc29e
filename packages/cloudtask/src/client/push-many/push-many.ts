import { onAbort } from "../../core/abort-signal.ts";
import { checkBoolean, checkFunction, rejectUnknownOptions } from "../../core/check-options.ts";
import { errorMessage } from "../../core/error-message.ts";
import { abortedError } from "../../core/errors/aborted-error.ts";
import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import type { PushOptions, PushResult } from "../push/push-options.ts";
import type { PushTrace } from "../push/push-trace.ts";
import { internalsOf, isTask, type Task } from "../tasks/task.ts";
import { Batches } from "./batches.ts";
import type { PushManyError } from "./push-many-error.ts";
import type { PushedTask, PushManyResult } from "./push-many-result.ts";
import { type ReadTask, TaskReader } from "./task-reader.ts";

/**
 * The progress of a `pushMany()`.
 *
 * @example
 * ```ts
 * const onProgress = ({ done, failed, total }: PushManyProgress) => console.log(`${done} of ${total}, ${failed} failed`);
 * await client.pushMany(tasks, { onProgress });
 * ```
 */
export interface PushManyProgress {
  /** The number of tasks tried so far, including failed ones. */
  readonly done: number;
  /** The number of tasks that were not confirmed. `mayExist` in the `PushManyError` shows which of them may exist. */
  readonly failed: number;
  /** The number of all tasks, if it is known beforehand: for a list or a `Set`. */
  readonly total: number | undefined;
}

/**
 * Options of `client.pushMany()`.
 *
 * @example
 * ```ts
 * await client.pushMany(tasks, { concurrency: 64, push: { queue: "emails" }, signal: AbortSignal.timeout(60_000) });
 * ```
 */
export interface PushManyOptions<QueueName extends string = string> {
  /**
   * Creates up to 100 tasks of a queue with one API call. Default `true`. `false` creates each task with a call of its own. If
   * the API does not accept batches, each task has its own call anyway.
   */
  readonly batch?: boolean | undefined;
  /**
   * The number of API calls at the same time, 1 or more. Default 8 for calls that create up to 100 tasks, and 32 for calls that
   * create one task. In eager mode, it is the number of deliveries at the same time, by default 32.
   */
  readonly concurrency?: number | undefined;
  /** Called after each task. If it throws, no further push starts, and the remaining tasks of a list count as failed. */
  readonly onProgress?: ((progress: PushManyProgress) => void) | undefined;
  /** Options of every push, such as `queue` or `delay`. To name a task, set `task.name`. */
  readonly push?: Omit<PushOptions<QueueName>, "name" | "signal"> | undefined;
  /**
   * Aborts the call. Running pushes are aborted, and may have created their tasks. The remaining tasks of a list are not pushed.
   * All these tasks count as failed. Any other iterable is not read further, so its remaining tasks are not reported.
   */
  readonly signal?: AbortSignal | undefined;
}

const SUBJECT = "client.pushMany()";

const KNOWN: { readonly [Option in keyof Required<PushManyOptions>]: true } = {
  batch: true,
  concurrency: true,
  onProgress: true,
  push: true,
  signal: true,
};

const KNOWN_PUSH: { readonly [Option in keyof Required<NonNullable<PushManyOptions["push"]>>]: true } = {
  appEngine: true,
  at: true,
  dedupe: true,
  delay: true,
  dispatchDeadline: true,
  headers: true,
  idempotent: true,
  queue: true,
  retry: true,
};

/** The parts of the client that a `pushMany()` needs. */
interface PushManyContext {
  /** `false` if the client's pushes cannot be sent in batches. */
  readonly canBatch: boolean;
  /** The client's own class: a test runner that resets its modules evaluates this file, which is loaded late, with other classes. */
  readonly PushManyError: typeof PushManyError;
}

/**
 * Pushes tasks, and reads the source only as fast as it pushes.
 *
 * @returns a result for each task, in order
 * @throws PushManyError after all were tried, if some were not confirmed
 */
export async function pushMany(
  tasks: Iterable<Task> | AsyncIterable<Task>,
  options: PushManyOptions,
  context: PushManyContext,
): Promise<readonly PushedTask[]> {
  const { concurrency, onProgress, signal, push, batch = true } = checkPushManyOptions(options);
  const source = new TaskReader(tasks, SUBJECT);
  const { total } = source;
  const pushOptions = { ...push, signal };
  const batches = new Batches({ concurrency, batch: batch && context.canBatch, signal });
  const results: PushManyResult[] = [];
  let [done, failed] = [0, 0];
  let ending: Ending | undefined;

  /** Reads no further task, because the source or the callback threw, or the signal was aborted. */
  function stop(error: unknown): undefined {
    ending ??= { error };
    source.stop();
  }

  function read(): ReadTask | undefined | Promise<ReadTask | undefined> {
    try {
      const reading = source.read();
      return reading instanceof Promise ? reading.catch(stop) : reading;
    } catch (error) {
      return stop(error);
    }
  }

  function settle(index: number, result: PushManyResult): void {
    results[index] = result;
    if (result.status === "failed") failed++;
    try {
      onProgress?.({ done: ++done, failed, total });
    } catch (error) {
      stop(error);
      batches.stop(unsentError(error));
    }
  }

  function pushNext({ task, index }: ReadTask): Promise<void> {
    const trace: PushTrace = { mayExist: false };
    return pushOne(task, pushOptions, { batches, trace }).then(
      (result) => settle(index, { status: "pushed", task, result }),
      (error: unknown) => settle(index, { status: "failed", task, error, mayExist: trace.mayExist }),
    );
  }

  // The rest of a list is still read, to report each task. Another source could be endless, or never answer.
  const unlisten = signal && total === undefined ? stopOnAbort(signal, source, stop) : undefined;
  await batches.each(read, pushNext);
  unlisten?.();
  if (ending !== undefined) throw summary(context, results, failed, await closeSource(source, ending));
  if (failed > 0) throw summary(context, results, failed);
  return results as readonly PushedTask[];
}

/** The reason to stop before the end of the source. */
interface Ending {
  readonly error: unknown;
  /** The remaining tasks of a list. */
  readonly rest?: readonly PushManyResult[];
}

/** Closes the source. The remaining tasks of a list are reported as failed. */
async function closeSource(source: TaskReader, { error: cause }: Ending): Promise<Ending> {
  const error = unsentError(cause);
  const rest = Array.from(source.rest(), ({ task }): PushManyResult => {
    return { status: "failed", task, error, mayExist: false };
  });
  await source.close();
  return { error: cause, rest };
}

/** The error of a task that was not sent. It has `sent: false`, so the task is known not to exist. */
function unsentError(cause: unknown): CloudTaskError {
  const error = new CloudTaskError("ABORTED", `${SUBJECT}: ended early; the task was not pushed`, { cause });
  return Object.assign(error, { sent: false });
}

function checkPushManyOptions(options: PushManyOptions): PushManyOptions {
  rejectUnknownOptions(options, Object.keys(KNOWN), SUBJECT);
  const { batch, concurrency, onProgress, push = {} } = options;
  rejectUnknownOptions(push, Object.keys(KNOWN_PUSH), `${SUBJECT}: push`);
  checkFunction(onProgress, `${SUBJECT}: onProgress`);
  if (batch !== undefined) checkBoolean(batch, `${SUBJECT}: batch`);
  if (concurrency === undefined || (Number.isInteger(concurrency) && concurrency >= 1)) return options;
  throw new TypeError(`${SUBJECT}: \`concurrency\` must be a positive integer, received ${concurrency}`);
}

function pushOne(task: Task, options: PushOptions, { batches, trace }: PushContext): Promise<PushResult> {
  try {
    if (!isTask(task)) throw new TypeError(`${SUBJECT}: expected tasks, received ${typeof task}`);
    if (options.signal?.aborted) throw abortedError(SUBJECT, options.signal, "The task was not pushed.");
    const { push, pushIn } = internalsOf(task);
    return pushIn === undefined ? batches.alone(() => push(options, trace)) : pushIn(batches, options, trace);
  } catch (error) {
    return Promise.reject(error);
  }
}

interface PushContext {
  readonly batches: Batches;
  readonly trace: PushTrace;
}

/** Stops reading when the signal is aborted. Returns a function that removes the listener. */
function stopOnAbort(signal: AbortSignal, source: TaskReader, stop: (error: unknown) => void): () => void {
  function onAborted(): void {
    // If all has been read, the running pushes report the abort.
    if (!source.ended) stop(abortedError(SUBJECT, signal, "The rest of its source was not read."));
  }
  if (!signal.aborted) return onAbort(signal, onAborted);
  onAborted();
  return () => undefined;
}

function summary(
  context: PushManyContext,
  results: readonly PushManyResult[],
  failed: number,
  ending?: Ending,
): PushManyError {
  const failures = results.filter((result) => result.status === "failed");
  const unclear = failures.filter(({ mayExist }) => mayExist).length;
  const cause = ending ? ending.error : failures[0]?.error;
  const rest = ending?.rest ?? [];
  const sentences = [
    ending && `${SUBJECT} ended early, after ${results.length === 1 ? "1 task" : `${results.length} tasks`}.`,
    rest.length > 0 && `The other ${rest.length} of the list were not pushed.`,
    (failed > 0 || !ending) && `${failed} of ${results.length} tasks were not confirmed.`,
    unclear > 0 && `${unclear} of them may exist: if you push those again, they can run twice, unless they are named.`,
    `${ending ? "The cause" : "The first error"}: ${errorMessage(cause)}`,
  ];
  const message = sentences.filter((sentence) => typeof sentence === "string").join(" ");
  return new context.PushManyError(
    message,
    { results: [...results, ...rest], failed: failed + rest.length },
    { cause },
  );
}
