import { refuseUnknown } from "../core/check-options.ts";
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
  /** Options of every push, such as `queue` or `delay`. */
  readonly push?: Omit<PushOptions, "name" | "signal"> | undefined;
  /** Gives up: pushes under way are ended, the rest are not begun, and count as failed. */
  readonly signal?: AbortSignal | undefined;
}

/** What became of one task of a `pushMany()`. */
export type PushManyResult =
  | { readonly status: "pushed"; readonly task: Task; readonly result: PushResult }
  | { readonly status: "failed"; readonly task: Task; readonly error: unknown };

const KNOWN: { readonly [Option in keyof Required<PushManyOptions>]: true } = {
  concurrency: true,
  onProgress: true,
  push: true,
  signal: true,
};

/**
 * Pushes tasks, a bounded number at once, reading the source only as fast as it pushes.
 *
 * @param tasks - the tasks
 * @param options - how
 * @returns a result for each, in their order
 * @throws PushManyError after all were tried, where some failed
 */
export async function pushMany(
  tasks: Iterable<Task> | AsyncIterable<Task>,
  options: PushManyOptions,
): Promise<PushManyResult[]> {
  const { concurrency = 32, onProgress, signal, push } = options;
  refuseUnknown(options, Object.keys(KNOWN), "client.pushMany()");
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new TypeError(`client.pushMany(): concurrency must be a whole number of 1 or more, received ${concurrency}`);
  }
  const results: PushManyResult[] = [];
  const source = Symbol.asyncIterator in tasks ? tasks[Symbol.asyncIterator]() : tasks[Symbol.iterator]();
  const total = countOf(tasks);
  let [next, done, failed] = [0, 0, 0];
  let broken: { readonly error: unknown } | undefined;

  async function pushInTurn(): Promise<void> {
    while (broken === undefined) {
      // The turn is taken before the source is awaited, so that results stand in the source's order.
      const turn = next++;
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
  if (broken !== undefined || failed > 0) throw summary(results.filter(Boolean), failed, broken);
  return results;
}

async function pushOne(task: Task, options: PushOptions): Promise<PushManyResult> {
  try {
    if (!(task instanceof Task)) throw new TypeError(`client.pushMany(): expected tasks, received ${typeof task}`);
    options.signal?.throwIfAborted();
    return { status: "pushed", task, result: await task.push(options) };
  } catch (error) {
    return { status: "failed", task, error };
  }
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
    ? `the source of tasks, or onProgress, failed after ${results.length} tasks (${failed} of them not pushed): ${said}`
    : `${failed} of ${results.length} tasks were not pushed; the first: ${said}`;
  return new PushManyError(message, { results, failed }, { cause });
}
