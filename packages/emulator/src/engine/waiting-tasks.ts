import type { EngineTask } from "./engine-state.ts";
import { type ListOrder, SortedList } from "./sorted-list.ts";
import type { LiveState } from "./task-counts.ts";

/** A position in the order of schedule times. */
export interface SchedulePosition {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly sequence: number;
}

const bySchedule: ListOrder<EngineTask> = {
  key: ({ record }) => record.scheduledAt,
  tie: ({ record }) => record.sequence,
};

/** Tasks that wait, in order of their schedule times. */
class WaitingList {
  readonly tasks: SortedList<EngineTask> = new SortedList(bySchedule);
  readonly stateAhead: LiveState;
  /** Tasks up to this position are counted as due. */
  dueUntil: SchedulePosition = { at: Number.NEGATIVE_INFINITY, sequence: 0 };

  /** @param stateAhead - the state of a task that is not due */
  constructor(stateAhead: LiveState) {
    this.stateAhead = stateAhead;
  }

  stateOf(task: EngineTask): LiveState {
    return isAfter(task, this.dueUntil) ? this.stateAhead : "due";
  }

  /**
   * Moves the position up to which tasks are counted as due.
   *
   * @param change - called for each task whose state changes
   * @returns the number of tasks that may still be examined
   */
  refresh(now: number, limit: number, change: (task: EngineTask, state: LiveState) => void): number {
    const end: SchedulePosition = { at: now, sequence: Number.POSITIVE_INFINITY };
    if (this.dueUntil.at > now) this.#takeBack(end, change);
    let rest = limit;
    for (const task of this.tasks.from((each) => !isAfter(each, this.dueUntil))) {
      if (isAfter(task, end)) break;
      if (rest <= 0) return 0;
      rest -= 1;
      this.dueUntil = { at: task.record.scheduledAt, sequence: task.record.sequence };
      change(task, "due");
    }
    this.dueUntil = end;
    return rest;
  }

  /** The clock was turned back. */
  #takeBack(end: SchedulePosition, change: (task: EngineTask, state: LiveState) => void): void {
    for (const task of this.tasks.from((each) => !isAfter(each, end))) {
      if (isAfter(task, this.dueUntil)) break;
      change(task, this.stateAhead);
    }
    this.dueUntil = end;
  }
}

/**
 * The tasks of a queue without an attempt in flight, in order of their schedule times. Tasks that have failed are in a list of
 * their own, so the lists of both kinds can be read page by page without looking at other tasks.
 */
export class WaitingTasks {
  readonly #fresh = new WaitingList("scheduled");
  readonly #retrying = new WaitingList("retrying");

  get size(): number {
    return this.#fresh.tasks.size + this.#retrying.tasks.size;
  }

  /** The tasks that have not failed. */
  get fresh(): SortedList<EngineTask> {
    return this.#fresh.tasks;
  }

  /** The tasks that have failed at least once. */
  get retrying(): SortedList<EngineTask> {
    return this.#retrying.tasks;
  }

  /** Returns the task with the earliest schedule time. */
  peek(): EngineTask | undefined {
    const fresh = this.#fresh.tasks.first();
    const retrying = this.#retrying.tasks.first();
    if (!fresh || !retrying) return fresh ?? retrying;
    return isScheduledBefore(retrying, fresh) ? retrying : fresh;
  }

  /** @returns the state of the task */
  push(task: EngineTask): LiveState {
    const list = this.#listOf(task);
    list.tasks.add(task);
    return list.stateOf(task);
  }

  /** Adds many tasks, and calls `change` with the state of each. The first ones are added faster than one after the other. */
  pushAll(tasks: readonly EngineTask[], change: (task: EngineTask, state: LiveState) => void): void {
    for (const list of [this.#fresh, this.#retrying]) {
      const own = tasks.filter((task) => this.#listOf(task) === list);
      list.tasks.addAll(own);
      for (const task of own) change(task, list.stateOf(task));
    }
  }

  /** Must be called before the record of the task changes. Does nothing if the task has an attempt in flight. */
  remove(task: EngineTask): void {
    if (task.state !== "running") this.#listOf(task).tasks.remove(task);
  }

  clear(): void {
    this.#fresh.tasks.clear();
    this.#retrying.tasks.clear();
  }

  /**
   * Finds the tasks that have become due since the last call. A task becomes due without any event, so the counts are exact only
   * after this call.
   *
   * @param limit - tasks to examine at most
   * @param change - called for each task whose state changes
   * @returns whether all were found; otherwise call again
   */
  refresh(now: number, limit: number, change: (task: EngineTask, state: LiveState) => void): boolean {
    const rest = this.#fresh.refresh(now, limit, change);
    return rest > 0 && this.#retrying.refresh(now, rest, change) > 0;
  }

  #listOf({ record }: EngineTask): WaitingList {
    return record.failureCount > 0 ? this.#retrying : this.#fresh;
  }
}

function isScheduledBefore(a: EngineTask, b: EngineTask): boolean {
  const { scheduledAt, sequence } = a.record;
  return scheduledAt === b.record.scheduledAt ? sequence < b.record.sequence : scheduledAt < b.record.scheduledAt;
}

/** Checks whether a task is after a position in the order of schedule times. */
export function isAfter({ record: { scheduledAt, sequence } }: EngineTask, position: SchedulePosition): boolean {
  return scheduledAt === position.at ? sequence > position.sequence : scheduledAt > position.at;
}
