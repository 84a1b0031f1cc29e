import type { TaskFilter } from "@cloudtask/emulator/internal";
import type { CloudApi } from "../cloud-parts.ts";
import { ownQueue } from "../own-resource.ts";
import type { ApiTask } from "./api-task.ts";
import type { View } from "./body-access.ts";
import { matchesTask } from "./matches-task.ts";
import { type PagePosition, readPage } from "./read-page.ts";

/** Calls of ListTasks per request. A project has 600 list calls per minute, which it shares with everything else that lists. */
const MAX_CALLS = 10;

/** A search in the tasks of a queue, or of all queues. */
export interface Scan {
  readonly filter: TaskFilter;
  /** The scan ends with the page of the API that reaches this number of matches. */
  readonly limit: number;
  /** The end of the previous scan. */
  readonly from: PagePosition | undefined;
  readonly signal: AbortSignal;
}

/** The result of a scan. */
export interface Scanned {
  readonly tasks: readonly ApiTask[];
  /** The start of the next scan; `undefined` after the last task. */
  readonly end: PagePosition | undefined;
  readonly examined: number;
  /** `BASIC` if bodies could not be read. */
  readonly view: View;
}

/** Reads tasks page by page, in the order of the API, until enough match or the calls of a request are used up. */
export async function scanTasks(api: CloudApi, { filter, limit, from, signal }: Scan): Promise<Scanned> {
  const queues = await queuesOf(api, filter, signal);
  const found: ApiTask[] = [];
  let position = startOf(queues, from);
  let examined = 0;
  let view: View = "FULL";
  for (let call = 0; call < MAX_CALLS && position !== undefined && found.length < limit; call += 1) {
    const page = await readPage(api, position, signal);
    const nowMs = api.now();
    found.push(...page.tasks.filter((task) => matchesTask(task, filter, nowMs)));
    examined += page.tasks.length;
    if (page.view === "BASIC") view = "BASIC";
    position = after(queues, position.queue, page.nextPageToken);
  }
  return { tasks: found, end: position, examined, view };
}

/** Returns the full names of the queues to read, in order of name, so a later request continues at the same place. */
async function queuesOf(api: CloudApi, { queue }: TaskFilter, signal: AbortSignal): Promise<readonly string[]> {
  if (queue !== undefined) return [ownQueue(api, queue)];
  const names: string[] = [];
  for await (const { name } of api.admin.queues.list({ signal })) names.push(name);
  return names.sort();
}

/** A queue that was deleted meanwhile is skipped. */
function startOf(queues: readonly string[], from: PagePosition | undefined): PagePosition | undefined {
  const queue = from === undefined ? queues[0] : queues.find((name) => name >= from.queue);
  if (queue === undefined) return undefined;
  return { queue, pageToken: from?.queue === queue ? from.pageToken : "" };
}

function after(queues: readonly string[], queue: string, pageToken: string | undefined): PagePosition | undefined {
  if (pageToken !== undefined) return { queue, pageToken };
  const next = queues[queues.indexOf(queue) + 1];
  return next === undefined ? undefined : { queue: next, pageToken: "" };
}
