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
  /** The queue, by its id or full name. */
  readonly queue: QueueRef;
  /** The fields to return. Default `"basic"`. */
  readonly view?: TaskView | undefined;
  /** Returns only tasks of this definition: the definition, or its name. Tasks that were pushed under an alias of it are included. */
  readonly definition?: string | { readonly name: string } | undefined;
  /** Returns only tasks for which this function returns `true`. */
  readonly filter?: ((task: QueuedTask<Payload>) => boolean) | undefined;
  /** The most tasks to return: a positive integer. Default: all. */
  readonly limit?: number | undefined;
}

/** The largest page of ListTasks. */
const PAGE_SIZE = 1000;

/** With bodies, ten tasks of 1 MB each still fit into an answer of 16 MiB. */
const FULL_PAGE_SIZES = [100, 10];

const SUBJECT = "admin.tasks.list()";

/** Lists the tasks of a queue, page by page. */
export async function* listTasks(
  context: AdminContext,
  options: ListTasksOptions,
): AsyncGenerator<QueuedTask, void, undefined> {
  const { signal, limit } = checkListOptions(options);
  const query = viewQuery(options.view, SUBJECT);
  const isWanted = predicateOf(context, options);
  const queue = await context.queueName(options.queue, "Could not list the tasks", options);
  const action = `list the tasks of ${queue}`;
  const most = isWanted === undefined ? Math.min(limit, PAGE_SIZE) : PAGE_SIZE;
  const sizes = query.responseView === undefined ? [PAGE_SIZE] : FULL_PAGE_SIZES;
  const pageSizes = sizes.map((each) => Math.min(each, most));
  let left = limit;
  for await (const page of listPages(context, { path: `${queue}/tasks`, action, signal, query, pageSizes })) {
    for (const json of listOf(page.tasks)) {
      const task = readQueuedTask(resourceOf(json, action), context.registry);
      if (isWanted?.(task) === false) continue;
      yield task;
      left -= 1;
      if (left === 0) return;
    }
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
