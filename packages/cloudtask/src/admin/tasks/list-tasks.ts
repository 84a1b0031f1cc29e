import { isShardedQueue, type ShardedQueue, shardNames } from "../../client/queues/shard.ts";
import { checkFunction, rejectUnknownOptions } from "../../core/check-options.ts";
import type { AdminContext, CallOptions, QueueRef } from "../admin-context.ts";
import { resourceOf } from "../answer.ts";
import { listOf } from "../json-fields.ts";
import { listPages } from "../list-pages.ts";
import type { QueuedTask } from "./queued-task.ts";
import { readQueuedTask } from "./read-queued-task.ts";
import { type TaskView, viewQuery } from "./task-view.ts";

/**
 * Options of `admin.tasks.list()`.
 *
 * @typeParam Payload - the type of the payloads; Cloud Tasks does not check it
 *
 * @example
 * ```ts
 * const options: ListTasksOptions = { queue: "payments", definition: chargeCard, limit: 100 };
 * ```
 */
export interface ListTasksOptions<Payload = unknown> extends CallOptions {
  /** The queue, by its id or full name; or the result of `shard()`, whose queues are read one after the other. */
  readonly queue: QueueRef | ShardedQueue;
  /** The fields to return. Default `"basic"`. */
  readonly view?: TaskView | undefined;
  /** Returns only tasks of this definition: the definition, or its name. Tasks that were pushed under an alias of it are included. */
  readonly definition?: string | { readonly name: string } | undefined;
  /** Returns only tasks for which this function returns `true`. */
  readonly filter?: ((task: QueuedTask<Payload>) => boolean) | undefined;
  /** The maximum number of tasks to return: a positive integer. Default: all. */
  readonly limit?: number | undefined;
}

/** The largest page of ListTasks. */
const PAGE_SIZE = 1000;

/** With bodies, ten tasks of 1 MB each still fit into an answer of 16 MiB. */
const FULL_PAGE_SIZES = [100, 10];

const SUBJECT = "admin.tasks.list()";

/** Lists the tasks of a queue or its shards, page by page. */
export async function* listTasks(
  context: AdminContext,
  options: ListTasksOptions,
): AsyncGenerator<QueuedTask, void, undefined> {
  const { limit, queue } = checkListOptions(options);
  const isWanted = predicateOf(context, options);
  const query = viewQuery(options.view, SUBJECT);
  let left = limit;
  for (const each of isShardedQueue(queue) ? shardNames(queue) : [queue]) {
    const most = isWanted === undefined ? Math.min(left, PAGE_SIZE) : PAGE_SIZE;
    for await (const task of tasksOf(context, each, { query, most, signal: options.signal })) {
      if (isWanted?.(task) === false) continue;
      yield task;
      left -= 1;
      if (left === 0) return;
    }
  }
}

interface QueueCall extends CallOptions {
  readonly query: ReturnType<typeof viewQuery>;
  /** The most tasks of a page. */
  readonly most: number;
}

async function* tasksOf(
  context: AdminContext,
  queue: QueueRef,
  { query, most, signal }: QueueCall,
): AsyncGenerator<QueuedTask> {
  const name = await context.queueName(queue, "Could not list the tasks", { signal });
  const action = `list the tasks of ${name}`;
  const sizes = query.responseView === undefined ? [PAGE_SIZE] : FULL_PAGE_SIZES;
  const pageSizes = sizes.map((each) => Math.min(each, most));
  for await (const page of listPages(context, { path: `${name}/tasks`, action, signal, query, pageSizes })) {
    for (const json of listOf(page.tasks)) yield readQueuedTask(resourceOf(json, action), context.registry);
  }
}

function checkListOptions(options: ListTasksOptions): ListTasksOptions & { readonly limit: number } {
  rejectUnknownOptions(options, ["queue", "view", "definition", "filter", "limit", "signal"], SUBJECT);
  checkFunction(options.filter, `${SUBJECT}: filter`);
  const { limit = Number.POSITIVE_INFINITY } = options;
  if (limit === Number.POSITIVE_INFINITY || (Number.isInteger(limit) && limit > 0)) return { ...options, limit };
  throw new TypeError(`${SUBJECT}: \`limit\` must be a positive integer, received ${String(limit)}`);
}

/** Returns the predicate for the tasks to return; `undefined` for all tasks. */
function predicateOf(
  context: AdminContext,
  { definition, filter }: Pick<ListTasksOptions, "definition" | "filter">,
): ((task: QueuedTask) => boolean) | undefined {
  if (definition === undefined) return filter;
  const names = namesOf(context, definition);
  return (task) => names.has(task.definition) && (filter === undefined || filter(task));
}

/** Returns the names under which the tasks of a definition may have been pushed. */
function namesOf(
  { registry }: AdminContext,
  definition: NonNullable<ListTasksOptions["definition"]>,
): ReadonlySet<string | undefined> {
  const name: unknown = typeof definition === "string" ? definition : Object(definition).name;
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`${SUBJECT}: \`definition\` must be a definition or its name, received ${String(definition)}`);
  }
  const record = registry.tasks.get(name);
  return new Set(record === undefined ? [name] : [record.name, ...record.aliases]);
}
