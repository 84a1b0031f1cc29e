import type { TaskRecord } from "./records.ts";

/** The states of a task that exists. */
export const liveStates = ["scheduled", "due", "running", "retrying"] as const;

/**
 * The state of a task that exists. A task without an attempt in flight is `due` if its schedule time has passed, otherwise
 * `retrying` if it has failed before, and `scheduled` if not.
 */
export type LiveState = (typeof liveStates)[number];

/** The number of tasks in each state. */
export type LiveCounts = Record<LiveState, number>;

type Counted = Pick<TaskRecord, "definition" | "isDeadLetter">;

/** Counts the tasks of a queue, by state and definition. Every change takes constant time. */
export class TaskCounts {
  readonly #byDefinition = new Map<string | undefined, LiveCounts>();
  /** The dead letters among them. */
  readonly #deadByDefinition = new Map<string | undefined, LiveCounts>();
  #total: LiveCounts = noTasks();
  #dead: LiveCounts = noTasks();

  get total(): Readonly<LiveCounts> {
    return this.#total;
  }

  /** The dead letters among them. */
  get dead(): Readonly<LiveCounts> {
    return this.#dead;
  }

  get deadLetters(): number {
    return liveStates.reduce((sum, state) => sum + this.#dead[state], 0);
  }

  /** The counts of each definition that has tasks. The key of tasks without a definition is `undefined`. */
  get byDefinition(): ReadonlyMap<string | undefined, Readonly<LiveCounts>> {
    return this.#byDefinition;
  }

  /** The dead letters of each definition that has some. `byDefinition` contains them too. */
  get deadByDefinition(): ReadonlyMap<string | undefined, Readonly<LiveCounts>> {
    return this.#deadByDefinition;
  }

  add({ definition, isDeadLetter }: Counted, state: LiveState): void {
    addTo(this.#byDefinition, definition, state);
    this.#total[state] += 1;
    if (!isDeadLetter) return;
    this.#dead[state] += 1;
    addTo(this.#deadByDefinition, definition, state);
  }

  remove({ definition, isDeadLetter }: Counted, state: LiveState): void {
    if (!this.#byDefinition.has(definition)) return;
    removeFrom(this.#byDefinition, definition, state);
    this.#total[state] -= 1;
    if (!isDeadLetter) return;
    this.#dead[state] -= 1;
    removeFrom(this.#deadByDefinition, definition, state);
  }

  move({ definition, isDeadLetter }: Counted, from: LiveState, to: LiveState): void {
    const counts = this.#byDefinition.get(definition);
    if (!counts || from === to) return;
    counts[from] -= 1;
    counts[to] += 1;
    this.#total[from] -= 1;
    this.#total[to] += 1;
    const dead = isDeadLetter ? this.#deadByDefinition.get(definition) : undefined;
    if (!dead) return;
    dead[from] -= 1;
    dead[to] += 1;
    this.#dead[from] -= 1;
    this.#dead[to] += 1;
  }

  clear(): void {
    this.#byDefinition.clear();
    this.#deadByDefinition.clear();
    this.#total = noTasks();
    this.#dead = noTasks();
  }
}

function addTo(all: Map<string | undefined, LiveCounts>, definition: string | undefined, state: LiveState): void {
  const counts = all.get(definition) ?? noTasks();
  all.set(definition, counts);
  counts[state] += 1;
}

function removeFrom(all: Map<string | undefined, LiveCounts>, definition: string | undefined, state: LiveState): void {
  const counts = all.get(definition);
  if (!counts) return;
  counts[state] -= 1;
  if (liveStates.every((name) => counts[name] === 0)) all.delete(definition);
}

/** Returns counts of 0. */
export function noTasks(): LiveCounts {
  return { scheduled: 0, due: 0, running: 0, retrying: 0 };
}
