import type { AdminContext, CallOptions } from "../admin-context.ts";
import { resourceOf } from "../answer.ts";
import { listOf } from "../json-fields.ts";
import { listPages } from "../list-pages.ts";
import { withBeta } from "./beta-call.ts";
import type { Queue } from "./queue.ts";
import { readQueue } from "./read-queue.ts";

/**
 * Options of `admin.queues.list()`.
 *
 * @example
 * ```ts
 * for await (const { id, stats } of admin.queues.list({ stats: true })) console.log(id, stats?.tasksCount);
 * ```
 */
export interface ListQueuesOptions extends CallOptions {
  /** Also returns the statistics of each queue. Default `false`. */
  readonly stats?: boolean | undefined;
}

/** Lists the queues of a location with v2beta3, or with v2 if the API does not offer v2beta3. */
export async function* listQueues(
  context: AdminContext,
  location: string,
  { stats = false, signal }: ListQueuesOptions,
): AsyncGenerator<Queue, void, undefined> {
  const call = { path: `${location}/queues`, action: `list the queues of ${location}`, signal };
  const { first, pages } = await withBeta(async (version) => {
    const query = { readMask: stats && version ? "*,stats" : undefined };
    const opened = listPages(context, { ...call, version, query });
    return { first: await opened.next(), pages: opened };
  });
  for (let page = first; !page.done; page = await pages.next()) {
    for (const queue of listOf(page.value.queues)) yield readQueue(resourceOf(queue, call.action));
  }
}
