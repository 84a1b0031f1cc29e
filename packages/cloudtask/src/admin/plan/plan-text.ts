import { durationInput } from "../../core/duration.ts";
import { rateInput } from "../../core/rate.ts";
import { QUEUE_FIELDS, type QueueFieldName, type QueueFieldValue } from "../queues/queue-field.ts";
import type { Plan } from "./plan.ts";
import type { QueueChange, QueueFieldChange } from "./queue-change.ts";

const DURATIONS: ReadonlySet<QueueFieldName> = new Set(
  QUEUE_FIELDS.filter((each) => each.duration).map(({ name }) => name),
);

/** Formats a plan for people, with one block per queue. */
export function planText(plan: Pick<Plan, "location" | "changes" | "unmanaged" | "warnings">): string {
  const queues = [...new Set(plan.changes.map(({ queue }) => queue))];
  const blocks = queues.map((queue) => blockOf(plan.changes.filter((change) => change.queue === queue)));
  return [
    plan.changes.length === 0
      ? `No changes: the queues of ${plan.location} are as described.`
      : `Changes to the queues of ${plan.location}:`,
    ...blocks,
    ...(plan.changes.length === 0 ? [] : [summaryOf(plan.changes)]),
    ...(plan.unmanaged.length === 0 ? [] : [`Not described, and left as they are: ${plan.unmanaged.join(", ")}`]),
    ...plan.warnings.map((warning) => `Warning: ${warning}`),
  ].join("\n\n");
}

/** Formats the value of a setting as the description of queues has it. */
export function valueText(field: QueueFieldName, value: QueueFieldValue): string {
  if (value === undefined) return "unknown";
  if (field === "rate") return rateInput(Number(value));
  if (typeof value === "number") return DURATIONS.has(field) ? durationInput(value) : String(value);
  return Object.keys(value).length === 0 ? "none" : JSON.stringify(value);
}

function blockOf(changes: readonly QueueChange[]): string {
  const [first] = changes;
  const sign = first?.action === "create" ? "+" : first?.action === "delete" ? "-" : "~";
  return [`  ${sign} ${first?.queue}`, ...changes.flatMap(linesOf).map((line) => `      ${line}`)].join("\n");
}

function linesOf(change: QueueChange): readonly string[] {
  switch (change.action) {
    case "create":
      return [...change.fields.map(createdLine), ...(change.paused ? ["paused: true"] : [])];
    case "update":
      return change.fields.map(changedLine);
    case "delete":
      return change.tasksCount === undefined ? [] : [`tasks: ${change.tasksCount}`];
    default:
      return [change.action === "pause" ? "paused: false → true" : "paused: true → false"];
  }
}

function createdLine({ field, after }: QueueFieldChange): string {
  return `${field}: ${valueText(field, after)}`;
}

function changedLine({ field, before, after }: QueueFieldChange): string {
  return `${field}: ${valueText(field, before)} → ${valueText(field, after)}`;
}

function summaryOf(changes: readonly QueueChange[]): string {
  const count = (...actions: readonly QueueChange["action"][]): number =>
    new Set(changes.filter(({ action }) => actions.includes(action)).map(({ queue }) => queue)).size;
  const changed = count("update", "pause", "resume");
  return `Plan: ${count("create")} to create, ${changed} to change, ${count("delete")} to delete.`;
}
