import { cursorOf, invalidArgument, limitOf, type Query, readCursor, taskFilterOf } from "@cloudtask/emulator/internal";
import type { CloudDeadLettersJson, CloudTasksJson } from "../cloud-json.ts";
import type { CloudApi } from "../cloud-parts.ts";
import { ownQueue } from "../own-resource.ts";
import { BODIES_HIDDEN } from "./body-access.ts";
import type { PagePosition } from "./read-page.ts";
import { type Scanned, scanTasks } from "./scan-tasks.ts";
import { taskJson } from "./task-json.ts";

const ORDER = "the API lists tasks in an order of its own";

/** The filters that only an emulator has, and why. */
const UNAVAILABLE: Readonly<Record<string, string>> = {
  sort: ORDER,
  from: ORDER,
  to: ORDER,
  answer: "Cloud Tasks keeps no answers",
};

/** Answers GET /inspect/tasks. */
export async function tasksJson(api: CloudApi, query: Query, signal: AbortSignal): Promise<CloudTasksJson> {
  for (const [name, reason] of Object.entries(UNAVAILABLE)) {
    if (query.text(name) === "") continue;
    throw invalidArgument(`${name} is not available on Google Cloud: ${reason}. Remove it from the address.`);
  }
  const { tasks, ...page } = await scan(api, query, signal);
  return { tasks, ...page };
}

/** Answers GET /inspect/dead-letters. */
export async function deadLettersJson(api: CloudApi, query: Query, signal: AbortSignal): Promise<CloudDeadLettersJson> {
  const { tasks, ...page } = await scan(api, query, signal, true);
  return {
    deadLetters: tasks.flatMap((task) =>
      task.deadLetter === undefined ? [] : [{ ...task, deadLetter: task.deadLetter }],
    ),
    ...page,
  };
}

async function scan(api: CloudApi, query: Query, signal: AbortSignal, isDeadLetters = false): Promise<CloudTasksJson> {
  const filter = taskFilterOf(query);
  const limit = limitOf(query);
  const scanned = await scanTasks(api, {
    filter: isDeadLetters ? { ...filter, deadLetters: true } : filter,
    limit,
    from: positionOf(api, query),
    signal,
  });
  return { tasks: scanned.tasks.map((task) => taskJson(task, scanned.view, api.now())), ...pageEnd(scanned, limit) };
}

function pageEnd({ tasks, end, examined, view }: Scanned, limit: number): Omit<CloudTasksJson, "tasks"> {
  return {
    ...(end && { nextCursor: cursorOf([end.queue, end.pageToken]) }),
    ...(end && tasks.length < limit && { isPartial: true }),
    examined,
    ...(view === "BASIC" && { bodiesHidden: BODIES_HIDDEN }),
  };
}

function positionOf(api: CloudApi, query: Query): PagePosition | undefined {
  const [queue, pageToken] = readCursor(query);
  if (queue === undefined) return undefined;
  if (typeof queue !== "string" || typeof pageToken !== "string") {
    throw invalidArgument("cursor: expected the nextCursor of the previous page");
  }
  return { queue: ownQueue(api, queue), pageToken };
}
