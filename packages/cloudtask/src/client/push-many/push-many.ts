import { checkFunction, rejectUnknownOptions } from "../../core/check-options.ts";
import { errorMessage } from "../../core/error-message.ts";
import { abortedError } from "../../core/errors/aborted-error.ts";
import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import { onAbort } from "../../transport/abort-signal.ts";
import type { PushOptions } from "../push/push-options.ts";
import type { PushTrace } from "../push/push-trace.ts";
import { internalsOf, isTask, type Task } from "../tasks/task.ts";
import { PushManyError } from "./push-many-error.ts";
import type { PushedTask, PushManyResult } from "./push-many-result.ts";
import { TaskReader } from "./task-reader.ts";

/** How far a `pushMany()` is. */
export interface PushManyProgress {
  /** Tasks tried so far, the failed ones among them. */
  readonly done: number;
  /** Tasks that were not confirmed: `PushManyError` tells which of them may exist all the same. */
  readonly failed: number;
  /** How many there are, where that can be told beforehand. */
  readonly total: number | undefined;
}

/** How many tasks are pushed. */
export interface PushManyOptions {
  /** How many pushes are under way at once, 1 or more. Default 32. */
  readonly concurrency?: number | undefined;
  /** Called after each task. One that throws ends it: the rest of a list are not begun, and count as failed. */
  readonly onProgress?: ((progress: PushManyProgress) => void) | undefined;
  /** Options of every push, such as `queue` or `delay`. A name is a task's own: `task.name = …`. */
  readonly push?: Omit<PushOptions, "name" | "signal"> | undefined;
  /**
   * Gives up: pushes under way are ended, and may have created their tasks all the same; the rest of a list are not
   * begun; all of these count as failed. A source that is read as it goes is read no further, and not waited for: a task
   * that it yields after that is lost to this call.
   */
  readonly signal?: AbortSignal | undefined;
}

const WHAT = "client.pushMany()";

const KNOWN: { readonly [Option in keyof Required<PushManyOptions>]: true } = {
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
};

/**
 * Pushes tasks, a bounded number at once, reading the source only as fast as it pushes.
 *
 * @param tasks - the tasks
 * @param options - how
 * @returns what became of each, in their order
 * @throws PushManyError after all were tried, where some were not confirmed
 */
export async function pushMany(
  tasks: Iterable<Task> | AsyncIterable<Task>,
  options: PushManyOptions,
): Promise<readonly PushedTask[]> {
  const { concurrency = 32, onProgress, signal, push } = checked(options);
  const source = new TaskReader(tasks, WHAT);
  const { total } = source;
  const results: PushManyResult[] = [];
  let [done, failed] = [0, 0];
  let broken: Broken | undefined;

  /** A source or a callback that throws ends it, but not before the pushes under way have. */
  function end(error: unknown): void {
    broken ??= { error };
    source.stop();
  }

  async function pushInTurn(): Promise<void> {
    try {
      for (let read = await source.read(); read !== undefined; read = await source.read()) {
        const result = await pushOne(read.task, { ...push, signal });
        results[read.index] = result;
        if (result.status === "failed") failed++;
        onProgress?.({ done: ++done, failed, total });
      }
    } catch (error) {
      end(error);
    }
  }

  // The rest of a list is there to be told of one by one; a source might go on for ever, or wait for ever.
  const unlisten = signal && total === undefined ? whenGivenUp(signal, source, end) : undefined;
  await Promise.all(Array.from({ length: Math.min(concurrency, total ?? concurrency) }, pushInTurn));
  unlisten?.();
  if (broken !== undefined) throw summary(results, failed, await abandoned(source, broken));
  if (failed > 0) throw summary(results, failed);
  return results as readonly PushedTask[];
}

/** What ended it before its time. */
interface Broken {
  readonly error: unknown;
  /** What was left of a list. */
  readonly rest?: readonly PushManyResult[];
}

/** Nothing more is read of a source; what is left of a list is told of, as it is when a signal gives it up. */
async function abandoned(source: TaskReader, { error: cause }: Broken): Promise<Broken> {
  const error = new CloudTaskError("ABORTED", `${WHAT}: ended early; the task was not pushed`, { cause });
  const rest = Array.from(source.rest(), ({ task }): PushManyResult => {
    return { status: "failed", task, error, mayExist: false };
  });
  await source.close();
  return { error: cause, rest };
}

function checked(options: PushManyOptions): PushManyOptions {
  rejectUnknownOptions(options, Object.keys(KNOWN), WHAT);
  const { concurrency, onProgress, push = {} } = options;
  rejectUnknownOptions(push, Object.keys(KNOWN_PUSH), `${WHAT}: push`);
  checkFunction(onProgress, `${WHAT}: onProgress`);
  if (concurrency === undefined || (Number.isInteger(concurrency) && concurrency >= 1)) return options;
  throw new TypeError(`${WHAT}: concurrency must be a whole number of 1 or more, received ${concurrency}`);
}

async function pushOne(task: Task, options: PushOptions): Promise<PushManyResult> {
  const trace: PushTrace = { mayExist: false };
  try {
    if (!isTask(task)) throw new TypeError(`${WHAT}: expected tasks, received ${typeof task}`);
    if (options.signal?.aborted) throw abortedError(WHAT, options.signal, "The task was not pushed.");
    return { status: "pushed", task, result: await internalsOf(task).push(options, trace) };
  } catch (error) {
    return { status: "failed", task, error, mayExist: trace.mayExist };
  }
}

/** @returns what stops listening */
function whenGivenUp(signal: AbortSignal, source: TaskReader, end: (error: unknown) => void): () => void {
  function tell(): void {
    // Where all has been read, the pushes under way tell what was given up.
    if (!source.ended) end(abortedError(WHAT, signal, "The rest of its source was not read."));
  }
  if (!signal.aborted) return onAbort(signal, tell);
  tell();
  return () => undefined;
}

function summary(results: readonly PushManyResult[], failed: number, broken?: Broken): PushManyError {
  const failures = results.filter((result) => result.status === "failed");
  const doubtful = failures.filter(({ mayExist }) => mayExist).length;
  const cause = broken ? broken.error : failures[0]?.error;
  const said = errorMessage(cause);
  const doubt =
    doubtful === 0
      ? ""
      : `, of which ${doubtful} may exist all the same: pushing those again can double them, unless they are named`;
  const left = broken?.rest?.length ? `; the other ${broken.rest.length} of the list were not begun` : "";
  const message = broken
    ? `pushing ended early, after ${results.length} tasks (${failed} of them were not confirmed${doubt})${left}: ${said}`
    : `${failed} of ${results.length} tasks were not confirmed${doubt}; the first: ${said}`;
  const rest = broken?.rest ?? [];
  return new PushManyError(message, { results: [...results, ...rest], failed: failed + rest.length }, { cause });
}
