import { countText } from "../output/count-text.ts";
import { shortTaskName } from "../tasks/task-argument.ts";
import type { FaultFields, FaultJson } from "./fault-json.ts";

/** Describes the effect of a fault: `answered with 503`. */
export function effectText(fault: FaultFields): string {
  const { after, probability } = fault;
  const parts = [mainEffect(fault), after ? "after it took effect" : "", probability && `probability ${probability}`];
  return parts.filter(Boolean).join(", ");
}

/** Names the tasks that a fault is limited to: a task, a queue, or `-` for all. */
export function scopeText({ queue, task }: FaultFields): string {
  if (task !== undefined) return shortTaskName(task);
  return queue?.replace(/^.*\/queues\//, "") ?? "-";
}

/** States how often a fault has applied: `1 of 3`, or `1` if there is no limit. */
export function appliedText({ fault: { times = 1 }, fired }: FaultJson): string {
  return times === "always" ? String(fired) : `${fired} of ${times}`;
}

/** States how often a fault will apply: `once`, `3 times`, `always`. */
export function timesText({ times = 1 }: FaultFields): string {
  if (times === "always") return "always";
  return times === 1 ? "once" : countText(Number(times), "time");
}

function mainEffect({ on, status, delay, drop, twice }: FaultFields): string {
  if (status !== undefined) return `answered with ${status}`;
  if (delay !== undefined) return `${typeof delay === "number" ? `${delay}ms` : delay} late`;
  if (twice) return "sent twice";
  return on === "delivery" ? `${drop} lost` : "connection closed";
}
