import type { FinishedTask } from "./finished-task.ts";

export const finishedStates = ["succeeded", "discarded", "exhausted", "deleted"] as const;

/**
 * The state of a task that no longer exists: `succeeded`, `discarded` by the worker, `exhausted`, or `deleted` by a call, a purge
 * or its age.
 */
export type FinishedState = (typeof finishedStates)[number];

export const statusClasses = ["2xx", "3xx", "4xx", "5xx", "none"] as const;

/** The class of an HTTP status; `none` if no answer arrived. */
export type StatusClass = (typeof statusClasses)[number];

export type FinishedCounts = Record<FinishedState, number>;
export type StatusCounts = Record<StatusClass, number>;

interface QueueCounts {
  readonly total: FinishedCounts;
  readonly byDefinition: Map<string | undefined, FinishedCounts>;
  readonly statuses: StatusCounts;
}

/** Counts finished tasks by queue, definition, state and status. */
export class FinishedTaskCounts {
  readonly #queues = new Map<string, QueueCounts>();

  /** The counts by full name of the queue. */
  get queues(): ReadonlyMap<string, QueueCounts> {
    return this.#queues;
  }

  /** @param step - 1 for a task that was added, -1 for one that was removed */
  count(task: FinishedTask, step: 1 | -1): void {
    const { queue, definition, status } = task.last;
    const counts = this.#queues.get(queue) ?? this.#add(queue);
    const ofDefinition = counts.byDefinition.get(definition) ?? addDefinition(counts, definition);
    counts.total[task.state] += step;
    ofDefinition[task.state] += step;
    counts.statuses[statusClassOf(status)] += step;
    if (step > 0) return;
    if (isEmpty(ofDefinition)) counts.byDefinition.delete(definition);
    if (isEmpty(counts.total)) this.#queues.delete(queue);
  }

  #add(queue: string): QueueCounts {
    const counts: QueueCounts = { total: noFinished(), byDefinition: new Map(), statuses: noStatuses() };
    this.#queues.set(queue, counts);
    return counts;
  }
}

/** Returns the class of a status, which is `undefined` if no answer arrived. */
export function statusClassOf(status: number | undefined): StatusClass {
  if (status === undefined) return "none";
  if (status >= 200 && status < 300) return "2xx";
  return statusClasses.find((name) => name[0] === String(status)[0]) ?? "none";
}

/** Returns counts of 0. */
export function noFinished(): FinishedCounts {
  return { succeeded: 0, discarded: 0, exhausted: 0, deleted: 0 };
}

/** Returns counts of 0. */
export function noStatuses(): StatusCounts {
  return { "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0, none: 0 };
}

function addDefinition({ byDefinition }: QueueCounts, definition: string | undefined): FinishedCounts {
  const counts = noFinished();
  byDefinition.set(definition, counts);
  return counts;
}

function isEmpty(counts: FinishedCounts): boolean {
  return finishedStates.every((state) => counts[state] === 0);
}
