import { checkBoolean } from "../../core/check-options.ts";
import { derivedTaskId, taskIdFor } from "../../core/task-id.ts";
import { CLOCK_ALLOWANCE_MS, MAX_AHEAD_MS } from "./limits.ts";
import { checkKey, type Naming } from "./naming-options.ts";

/** The id that a task is created under, and what follows from it. */
export interface TaskName {
  /** `undefined` where Cloud Tasks will pick one. */
  readonly id: string | undefined;
  /** Whether a second push may mean the same id, so that a taken name means a duplicate. */
  readonly named: boolean;
  /** When it is to run, where the window decides that. */
  readonly scheduleMs?: number | undefined;
  /** The id of a task that this one takes the place of. */
  readonly supersedes?: string | undefined;
}

/** What a push is named by. */
export interface NamedBy {
  readonly definition: string;
  readonly name: string | undefined;
  readonly naming: Naming | undefined;
  readonly idempotent: boolean;
  readonly payload: unknown;
  /** The body that is sent. */
  readonly body: string;
}

/** The name of a push at a moment. What it is named by was read when it was pushed: its payload may be another since. */
type NameAt = (nowMs: number) => Promise<TaskName>;

/**
 * @param by - what it is named by
 * @param what - the push, for messages
 * @returns its name, by the time
 * @throws TypeError where the name or the key is none; what a function that makes keys throws
 */
export function taskNamer(by: NamedBy, what: string): NameAt {
  const { definition, name, naming, idempotent } = by;
  if (naming !== undefined) return derived(by, naming, what);
  if (name === undefined) {
    const id = checkBoolean(idempotent, `${what}: idempotent`) ? crypto.randomUUID() : undefined;
    return async () => ({ id, named: false });
  }
  if (typeof name !== "string" || name === "" || LONE_SURROGATE.test(name)) {
    const expected = name && typeof name === "string" ? "well-formed Unicode" : "a string that is not empty";
    throw new TypeError(`${what}: name must be ${expected}, received ${JSON.stringify(name)}`);
  }
  return async () => ({ id: await taskIdFor(definition, name), named: true });
}

/** UTF-8 cannot hold one, and makes the same of each: two names would be one id. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function derived(by: NamedBy, naming: Naming, what: string): NameAt {
  if (naming.kind === "dedupe") return byPayload(by, naming.windowMs);
  const key = typeof naming.key === "function" ? naming.key(by.payload as never) : naming.key;
  const slots = { key: checkKey(key, naming.kind, what), definition: by.definition, windowMs: naming.windowMs };
  return (nowMs) => (naming.kind === "throttle" ? throttled(slots, nowMs) : debounced(slots, nowMs));
}

function byPayload({ definition, body }: NamedBy, windowMs: number | undefined): NameAt {
  const payload = inOneOrder(body);
  return async (nowMs) => {
    const window = windowMs === undefined ? [] : [windowMs, Math.floor(nowMs / windowMs)];
    return { id: await derivedTaskId("dedupe", [definition, payload, ...window], definition), named: true };
  };
}

/** A key, and the windows that its pushes are counted in. */
interface Slots {
  readonly definition: string;
  readonly key: string;
  readonly windowMs: number;
}

/** Runs at the end of the window; whoever pushes meanwhile finds the name taken. */
async function throttled(slots: Slots, nowMs: number): Promise<TaskName> {
  const { windowMs } = slots;
  // A machine whose clock is behind may push what belongs to this window when its task has run. So a window closes a
  // little before its task runs, as far as Cloud Tasks lets tasks be scheduled.
  const closingMs = Math.min(CLOCK_ALLOWANCE_MS, windowMs / 10, MAX_AHEAD_MS - windowMs);
  const slot = Math.floor((nowMs + closingMs) / windowMs);
  return { id: await slotId("throttle", slots, slot), named: true, scheduleMs: (slot + 1) * windowMs };
}

/**
 * Runs at the end of the slot after its own, unless a push in that next slot takes its place: so after the last push
 * follows a whole quiet window at least, and two at most. A task is deleted only once the one of the next slot is there,
 * so that the last of them is never deleted, and runs after the last push wherever clocks are less than a window apart.
 */
async function debounced(slots: Slots, nowMs: number): Promise<TaskName> {
  const slot = Math.floor(nowMs / slots.windowMs);
  const [id, supersedes] = await Promise.all([slotId("debounce", slots, slot), slotId("debounce", slots, slot - 1)]);
  return { id, named: true, scheduleMs: (slot + 2) * slots.windowMs, supersedes };
}

function slotId(kind: "throttle" | "debounce", { definition, key, windowMs }: Slots, slot: number): Promise<string> {
  return derivedTaskId(kind, [definition, key, windowMs, slot], key);
}

/** JSON with the keys of every object in one order, so that equal payloads are equal whoever built them. */
function inOneOrder(body: string): string {
  return JSON.stringify(JSON.parse(body), (_, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
