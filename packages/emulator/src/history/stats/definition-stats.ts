import type { AttemptFinished } from "../../emulator-events.ts";
import type { TaskRecord } from "../../engine/records.ts";
import type { StatsBucket } from "./stats-bucket.ts";
import { TimeSeries } from "./time-series.ts";

/** Definitions to keep. A program that gives every task a name of its own must not fill the memory. */
const MAX_DEFINITIONS = 1_000;

const MAX_QUEUES = 20;
const MAX_TASKS = 5;

const RETENTION = { seconds: 120, minutes: 60 };

/** The task and the attempt from which the payload of a definition can be read. */
export interface SeenTask {
  readonly queue: string;
  readonly id: string;
  readonly sequence: number;
}

/** The statistics of a task definition. */
export interface DefinitionHistory {
  readonly name: string;
  readonly series: TimeSeries;
  /** The full names of the queues that had tasks of it. */
  readonly queues: Set<string>;
  /** The tasks that were created last, the newest first. */
  readonly tasks: SeenTask[];
  /** The ids of the attempts that finished last, the newest first. */
  attempts: readonly number[];
  /** In milliseconds since the epoch. */
  firstSeenAt: number;
  lastSeenAt: number;
}

/** Statistics of the task definitions that were seen last. */
export class DefinitionStats {
  readonly #definitions = new Map<string, DefinitionHistory>();

  /** The definitions by name. */
  get all(): ReadonlyMap<string, DefinitionHistory> {
    return this.#definitions;
  }

  /** @returns the series in which the task must be counted */
  created({ definition, queue, id, sequence }: TaskRecord, now: number): TimeSeries | undefined {
    if (definition === undefined) return undefined;
    const history = this.#seen(definition, queue, now);
    history.tasks.unshift({ queue, id, sequence });
    if (history.tasks.length > MAX_TASKS) history.tasks.pop();
    return history.series;
  }

  finished({ definition, queue, id, at }: AttemptFinished): void {
    if (definition === undefined) return;
    const history = this.#seen(definition, queue, at);
    history.attempts = [id, ...history.attempts.slice(0, MAX_TASKS - 1)];
  }

  /** Returns the bucket in which an event of a definition must be counted. */
  at(definition: string | undefined, now: number): StatsBucket | undefined {
    return definition === undefined ? undefined : this.#definitions.get(definition)?.series.at(now);
  }

  clear(): void {
    this.#definitions.clear();
  }

  #seen(name: string, queue: string, now: number): DefinitionHistory {
    const history = this.#definitions.get(name) ?? this.#add(name, now);
    history.lastSeenAt = now;
    if (history.queues.size < MAX_QUEUES) history.queues.add(queue);
    return history;
  }

  #add(name: string, now: number): DefinitionHistory {
    if (this.#definitions.size >= MAX_DEFINITIONS) this.#removeOldest();
    const added: DefinitionHistory = {
      name,
      series: new TimeSeries(RETENTION),
      queues: new Set(),
      tasks: [],
      attempts: [],
      firstSeenAt: now,
      lastSeenAt: now,
    };
    this.#definitions.set(name, added);
    return added;
  }

  #removeOldest(): void {
    let oldest: DefinitionHistory | undefined;
    for (const each of this.#definitions.values()) if (!oldest || each.lastSeenAt < oldest.lastSeenAt) oldest = each;
    if (oldest) this.#definitions.delete(oldest.name);
  }
}
