import type { Queue } from "cloudtask/admin";
import type { GivenFlags } from "../command-line/given-flags.ts";
import type { CloudBlockerJson } from "../dashboard/cloud-json.ts";
import { countText } from "../output/count-text.ts";
import { rateText } from "../output/rate-text.ts";
import { placeText } from "../place/place-flags.ts";
import { cloudBlockers } from "./cloud-blockers.ts";

/**
 * Describes why tasks of a queue of Google Cloud do not run, one line for each problem, with the command that shows more or repairs it.
 * Cloud Tasks does not tell whether attempts fail.
 */
export function cloudProblemLines(queue: Queue, flags: GivenFlags, nowMs = Date.now()): readonly string[] {
  const { id, state, stats } = queue;
  if (stats === undefined || stats.tasksCount === 0) return [];
  const place = placeText(flags);
  const blockers = cloudBlockers(queue, nowMs);
  if (blockers.length > 0) return blockers.map((blocker) => `${id}: ${blockerText(id, blocker, place)}`);
  if (state !== "paused") return [];
  // Dead letters are scheduled for 30 days later.
  const tasks = `${countText(stats.tasksCount, "task")} scheduled for later, as dead letters are`;
  return [`${id}: paused, with ${tasks}; see: cloudtask dead list ${id}${place}`];
}

function blockerText(id: string, { reason, limit = 0 }: CloudBlockerJson, place: string): string {
  switch (reason) {
    case "paused":
    case "disabled":
      return `${reason}, tasks are due; to deliver: cloudtask queues resume ${id}${place}`;
    case "rateZero":
      return `the rate is 0, tasks are due; to deliver: cloudtask queues update ${id} --rate 10${place}`;
    case "concurrency":
      return `as many attempts are in progress as the concurrency of ${limit} allows; see: cloudtask tasks list ${id}${place}`;
    case "throttled":
      return `slowed down to ${rateText(limit)} because of failures; see: cloudtask tasks list ${id}${place}`;
  }
}
