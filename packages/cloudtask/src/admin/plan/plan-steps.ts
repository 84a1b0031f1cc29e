import type { CheckedQueue } from "../../core/check-queues.ts";
import { durationText } from "../../core/duration.ts";
import { optionPosition } from "../../core/setting-position.ts";
import type { Queue } from "../queues/queue.ts";
import { type FieldSetting, namedFields, sameValue } from "../queues/queue-field.ts";
import type { QueueChange, QueueFieldChange } from "./queue-change.ts";

/** A change with everything that is needed to apply it. */
export interface PlanStep {
  readonly change: QueueChange;
  /** The described settings. Empty for a queue that is to be deleted. */
  readonly settings: CheckedQueue;
  /** The fields to set. */
  readonly fields: readonly FieldSetting[];
}

/**
 * The order of the steps. A queue is paused before its settings change, and resumed after. Dead-letter queues, which are paused,
 * are created before the queues that use them. Limits are lowered before others are raised, so their
 * total never exceeds the larger of the old and the new total. Queues are deleted after everything else has succeeded.
 */
const PHASES: readonly ((step: PlanStep) => boolean)[] = [
  ({ change }) => change.action === "pause",
  ({ change }) => change.action === "create" && change.paused,
  ({ change }) => change.action === "create",
  ({ change }) => change.action === "update" && !change.fields.some(isRaise),
  ({ change }) => change.action === "update",
  ({ change }) => change.action === "resume",
];

/** Returns the steps that turn the existing queues into the described ones, in the order of `apply()`. */
export function planSteps(
  described: ReadonlyMap<string, CheckedQueue>,
  existing: ReadonlyMap<string, Queue>,
  prune: boolean,
): readonly PlanStep[] {
  const steps = [...described].flatMap(([id, settings]) => stepsOf(id, settings, existing.get(id)));
  const deletions = [...existing.values()].filter(({ id }) => prune && !described.has(id)).map(deletion);
  const sorted = steps.map((step) => ({ step, phase: phaseOf(step) })).sort((a, b) => a.phase - b.phase);
  return [...sorted.map(({ step }) => step), ...deletions];
}

function stepsOf(id: string, settings: CheckedQueue, queue: Queue | undefined): readonly PlanStep[] {
  const fields = namedFields(settings);
  if (queue === undefined) {
    const created = fields.map(({ field, value }) => ({ field: field.name, before: undefined, after: value }));
    return [
      { change: { action: "create", queue: id, fields: created, paused: settings.paused ?? false }, settings, fields },
    ];
  }
  checkBackoff(id, settings, queue);
  const differing = fields.filter(({ field, value }) => !sameValue(field.current(queue), value));
  const changed: readonly QueueFieldChange[] = differing.map(({ field, value }) => ({
    field: field.name,
    before: field.current(queue),
    after: value,
  }));
  const isPaused = queue.state !== "running";
  return [
    ...(settings.paused === undefined || settings.paused === isPaused
      ? []
      : [{ change: { action: settings.paused ? "pause" : "resume", queue: id }, settings, fields: [] } as const]),
    ...(changed.length === 0
      ? []
      : [{ change: { action: "update", queue: id, fields: changed }, settings, fields: differing } as const]),
  ];
}

/** Cloud Tasks checks the settings of the queue after a change, and not only those that are changed. */
function checkBackoff(id: string, { retry = {} }: CheckedQueue, queue: Queue): void {
  const { minBackoff, maxBackoff } = { ...queue.retry, ...retry };
  if (minBackoff <= maxBackoff) return;
  const [key, other] = retry.minBackoff === undefined ? ["maxBackoff", "minBackoff"] : ["minBackoff", "maxBackoff"];
  throw optionPosition("admin.queues.plan()")
    .child(id)
    .child("retry")
    .child(key)
    .error(
      `minBackoff (${durationText(minBackoff)}) would exceed maxBackoff (${durationText(maxBackoff)}), because the existing queue ` +
        `has another ${other}; describe both`,
    );
}

function deletion({ id, stats }: Queue): PlanStep {
  return { change: { action: "delete", queue: id, tasksCount: stats?.tasksCount }, settings: {}, fields: [] };
}

function phaseOf(step: PlanStep): number {
  return PHASES.findIndex((isIn) => isIn(step));
}

function isRaise({ field, before, after }: QueueFieldChange): boolean {
  if (field !== "rate" && field !== "concurrency") return false;
  return Number(after) > Number(before);
}
