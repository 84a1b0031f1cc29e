import { derivedTaskId, taskIdFor } from "../../core/task-id.ts";
import { CLOCK_ALLOWANCE_MS, MAX_AHEAD_MS } from "./limits.ts";
import type { Slots, TaskName } from "./task-name.ts";

/** Returns the name of a push with the option `name`. */
export async function namedByText(definition: string, name: string): Promise<TaskName> {
  return { id: await taskIdFor(definition, name), named: true, spreadBy: `${definition} ${name}` };
}

/** A push that is named by its payload. */
interface PayloadName {
  readonly definition: string;
  readonly body: string;
  readonly windowMs: number | undefined;
}

/** Returns the name of a push with the option `dedupe`. */
export async function namedByPayload({ definition, body, windowMs }: PayloadName, nowMs: number): Promise<TaskName> {
  const payload = withSortedKeys(body);
  const window = windowMs === undefined ? [] : [windowMs, Math.floor(nowMs / windowMs)];
  const id = await derivedTaskId("dedupe", [definition, payload, ...window], definition);
  return { id, named: true, spreadBy: `${definition} ${payload}` };
}

/** Returns the name of a push of a definition with `throttle` or `debounce`. */
export async function namedByWindow(kind: "throttle" | "debounce", slots: Slots, nowMs: number): Promise<TaskName> {
  const named = kind === "throttle" ? throttled : debounced;
  // The successor of a debounced task must be in the queue of its predecessor.
  return { ...(await named(slots, nowMs)), spreadBy: `${slots.definition} ${slots.key}` };
}

/** Runs at the end of the window. Further pushes in the window find the name taken. */
async function throttled(slots: Slots, nowMs: number): Promise<TaskName> {
  const { windowMs } = slots;
  // A machine with a slow clock could still push into a window whose task has already run. So a window closes a little before
  // its run, as far as the limit on schedule times allows.
  const closingMs = Math.min(CLOCK_ALLOWANCE_MS, windowMs / 10, MAX_AHEAD_MS - windowMs);
  const slot = Math.floor((nowMs + closingMs) / windowMs);
  return { id: await slotId("throttle", slots, slot), named: true, scheduleMs: (slot + 1) * windowMs };
}

/**
 * Runs at the end of the next slot, unless a push in that slot replaces the task. So the run is one to two windows after the last
 * push. A task is deleted only after its successor was created: the last one is never deleted, and it runs after the last push if
 * all clocks differ by less than a window.
 */
async function debounced(slots: Slots, nowMs: number): Promise<TaskName> {
  const slot = Math.floor(nowMs / slots.windowMs);
  const [id, supersedes] = await Promise.all([slotId("debounce", slots, slot), slotId("debounce", slots, slot - 1)]);
  return { id, named: true, scheduleMs: (slot + 2) * slots.windowMs, supersedes };
}

function slotId(kind: "throttle" | "debounce", { definition, key, windowMs }: Slots, slot: number): Promise<string> {
  return derivedTaskId(kind, [definition, key, windowMs, slot], key);
}

/** Equal payloads must have equal names, even if their keys are in a different order. */
function withSortedKeys(body: string): string {
  return JSON.stringify(JSON.parse(body), (_, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
