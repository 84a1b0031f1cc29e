import type { EngineQueue, EngineTask } from "../../engine/engine-state.ts";
import type { SortedList } from "../../engine/sorted-list.ts";
import { matchesName } from "../../history/matches-name.ts";
import type { Query } from "../../http/query.ts";
import { invalidArgument } from "../../service/rpc-error.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339, timeOrNone } from "../rfc3339.ts";
import { timeOf } from "../tasks/task-query.ts";
import type { ScheduleJson } from "../types/schedule-types.ts";
import { bucketCountOf } from "./stats-json.ts";

/** Answers GET /inspect/schedule. Counts by position in the sorted lists, so the number of tasks hardly matters. */
export function scheduleJson({ engine, clock }: InspectParts, query: Query): ScheduleJson {
  const now = clock.now();
  const queue = query.text("queue");
  const queues = [...engine.queues.values()].filter(({ record }) => queue === "" || matchesName(queue, record.name));
  const count = bucketCountOf(query);
  const lastAt = lastScheduleAt(queues);
  const from = timeOf("from", query, now);
  const to = Math.max(timeOf("to", query, lastAt ?? from), from);
  if (!Number.isFinite(from) || !Number.isFinite(to)) throw invalidArgument("from, to: expected times");
  // A bucket begins at a whole millisecond. The last one includes `to`.
  const stepMs = Math.max(1, Math.ceil((to - from + 1) / count));
  const starts = Array.from({ length: count + 1 }, (_, index) => from + index * stepMs);
  const tasks = starts.map((start) => dueBefore(queues, start));
  const total = queues.reduce((sum, each) => sum + each.waiting.size, 0);
  return {
    now: rfc3339(now),
    from: rfc3339(from),
    to: rfc3339(to),
    stepMs,
    before: tasks[0]?.all ?? 0,
    buckets: starts.slice(0, count).map((start, index) => ({
      time: rfc3339(start),
      tasks: (tasks[index + 1]?.all ?? 0) - (tasks[index]?.all ?? 0),
      retries: (tasks[index + 1]?.retrying ?? 0) - (tasks[index]?.retrying ?? 0),
    })),
    after: total - (tasks[count]?.all ?? 0),
    ...definedFields({ nextTime: timeOrNone(nextScheduleAt(queues, now)), lastTime: timeOrNone(lastAt) }),
  };
}

function dueBefore(queues: readonly EngineQueue[], time: number): { readonly all: number; readonly retrying: number } {
  const isBefore = ({ record }: EngineTask): boolean => record.scheduledAt < time;
  let fresh = 0;
  let retrying = 0;
  for (const { waiting } of queues) {
    fresh += waiting.fresh.countBefore(isBefore);
    retrying += waiting.retrying.countBefore(isBefore);
  }
  return { all: fresh + retrying, retrying };
}

function listsOf(queues: readonly EngineQueue[]): SortedList<EngineTask>[] {
  return queues.flatMap(({ waiting }) => [waiting.fresh, waiting.retrying]);
}

function lastScheduleAt(queues: readonly EngineQueue[]): number | undefined {
  const times = listsOf(queues).flatMap((list) => list.last()?.record.scheduledAt ?? []);
  return times.length > 0 ? times.reduce((a, b) => Math.max(a, b)) : undefined;
}

function nextScheduleAt(queues: readonly EngineQueue[], now: number): number | undefined {
  const times = listsOf(queues).flatMap((list) => {
    const [next] = list.from(({ record }) => record.scheduledAt <= now);
    return next?.record.scheduledAt ?? [];
  });
  return times.length > 0 ? times.reduce((a, b) => Math.min(a, b)) : undefined;
}
