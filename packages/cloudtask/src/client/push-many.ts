import { checkFunction, refuseUnknown } from "../core/check-options.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { PushManyError } from "../core/errors/push-many-error.ts";
import type { PushOptions, PushResult } from "./push-options.ts";
import { Task } from "./task.ts";

/** How far a `pushMany()` is. */
export interface PushManyProgress {
  /** Tasks tried so far, the failed ones among them. */
  readonly done: number;
  /** Tasks that were not pushed. */
  readonly failed: number;
  /** How many there are, where that can be told beforehand. */
  readonly total: number | undefined;
}

/** How many tasks are pushed. */
export interface PushManyOptions {
  /** How many pushes are under way at once, 1 or more. Default 32. */
  readonly concurrency?: number | undefined;
  /** Called after each task. */
  readonly onProgress?: ((progress: PushManyProgress) => void) | undefined;
  /** Options of every push, such as `queue` or `delay`. A name is a task's own: `task.name = …`. */
  readonly push?: Omit<PushOptions, "name" | "signal"> | undefined;
  /**
   * Gives up: pushes under way are ended, the rest of a list are not begun, and count as failed. A source that is read as
   * it goes is read no further.
   */
  readonly signal?: AbortSignal | undefined;
}

/** A task of a `pushMany()` that was pushed. */
export interface PushedTask {
  readonly status: "pushed";
  readonly task: Task;
  readonly result: PushResult;
}

/** What became of one task of a `pushMany()`, as a `PushManyError` tells it. */
export type PushManyResult = PushedTask | { readonly status: "failed"; readonly task: Task; readonly error: unknown };

const WHAT = "client.pushMany()";

const KNOWN: { readonly [Option in keyof Required<PushManyOptions>]: true } = {
  concurrency: true,
  onProgress: true,
  push: true,
  signal: true,
};

const KNOWN_PUSH: { readonly [Option in keyof Required<NonNullable<PushManyOptions["push"]>>]: true } = {
  at: true,
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
 * @throws PushManyError after all were tried, where some failed
 */
export async function pushMany(
  tasks: Iterable<Task> | AsyncIterable<Task>,
  options: PushManyOptions,
): Promise<readonly PushedTask[]> {
  const { concurrency = 32, onProgress, signal, push } = options;
  refuseUnknown(options, Object.keys(KNOWN), WHAT);
  refuseUnknown(push ?? {}, Object.keys(KNOWN_PUSH), `${WHAT}: push`);
  checkFunction(onProgress, `${WHAT}: onProgress`);
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new TypeError(`${WHAT}: concurrency must be a whole number of 1 or more, received ${concurrency}`);
  }
  const results: PushManyResult[] = [];
  const source = iteratorOf(tasks);
  const total = countOf(tasks);
  let [next, done, failed] = [0, 0, 0];
  let broken: { readonly error: unknown } | undefined;

  async function pushInTurn(): Promise<void> {
    while (broken === undefined) {
      // The turn is taken before the source is awaited, so that results stand in the source's order.
      const turn = next++;
      // The rest of a list is there to be told of one by one; a source might go on for ever.
      if (total === undefined && signal?.aborted) throw givenUp(signal);
      const read = await source.next();
      if (read.done) return;
      const result = await pushOne(read.value, { ...push, signal });
      results[turn] = result;
      if (result.status === "failed") failed++;
      onProgress?.({ done: ++done, failed, total });
    }
  }
  // A source or a callback that throws ends it, but not before the pushes under way have.
  const lane = (): Promise<void> =>
    pushInTurn().catch((error: unknown) => {
      broken ??= { error };
    });
  await Promise.all(Array.from({ length: Math.min(concurrency, total ?? concurrency) }, lane));
  if (broken !== undefined) await closeSource(source);
  if (broken !== undefined || failed > 0) throw summary(results.filter(Boolean), failed, broken);
  return results as readonly PushedTask[];
}

async function pushOne(task: Task, options: PushOptions): Promise<PushManyResult> {
  try {
    if (!(task instanceof Task)) throw new TypeError(`${WHAT}: expected tasks, received ${typeof task}`);
    if (options.signal?.aborted) throw givenUp(options.signal);
    return { status: "pushed", task, result: await task.push(options) };
  } catch (error) {
    return { status: "failed", task, error };
  }
}

type Source = Iterator<Task> | AsyncIterator<Task>;

function iteratorOf(tasks: Iterable<Task> | AsyncIterable<Task>): Source {
  const given: object = Object(tasks);
  if (Symbol.asyncIterator in given) return (given as AsyncIterable<Task>)[Symbol.asyncIterator]();
  if (Symbol.iterator in given) return (given as Iterable<Task>)[Symbol.iterator]();
  throw new TypeError(`${WHAT}: expected a list or another iterable of tasks, received ${typeof tasks}`);
}

/** As a loop that is left early does: a generator runs its `finally`. What went wrong before it is what counts. */
async function closeSource(source: Source): Promise<void> {
  try {
    await source.return?.();
  } catch {
    // See above.
  }
}

function givenUp(signal: AbortSignal): CloudTaskError {
  return new CloudTaskError("ABORTED", `${WHAT}: given up by its signal; the task was not pushed`, {
    cause: signal.reason,
  });
}

function countOf(tasks: object): number | undefined {
  if (Array.isArray(tasks)) return tasks.length;
  return tasks instanceof Set ? tasks.size : undefined;
}

function summary(
  results: readonly PushManyResult[],
  failed: number,
  broken: { readonly error: unknown } | undefined,
): PushManyError<PushManyResult> {
  const first = results.find((result) => result.status === "failed");
  const cause = broken ? broken.error : first?.error;
  const said = cause instanceof Error ? cause.message : String(cause);
  const message = broken
    ? `pushing ended early, after ${results.length} tasks (${failed} of them not pushed): ${said}`
    : `${failed} of ${results.length} tasks were not pushed; the first: ${said}`;
  return new PushManyError(message, { results, failed }, { cause });
}
