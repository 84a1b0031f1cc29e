import { clockOffsetMs } from "../../clock/clock-offset.ts";
import { SystemClock } from "../../clock/system-clock.ts";
import type { EngineQueue } from "../../engine/engine-state.ts";
import { refreshDue } from "../../engine/set-task-state.ts";
import type { FinishedTaskCounts } from "../../history/tasks/finished-counts.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { queueJson } from "../queues/queues-json.ts";
import { rfc3339 } from "../rfc3339.ts";
import type { ClockEventJson, StatsEventJson } from "../types/event-types.ts";
import type { QueueJson } from "../types/queue-types.ts";

/** Queues in one event at most, and the milliseconds after which only a few more follow. The others are in the next event. */
const MAX_QUEUES = 100;
const MAX_MS = 2;
const MIN_QUEUES = 10;

/** Tasks that became due to count per queue and event. The others follow. */
const REFRESH_SIZE = 5_000;

/** Collects changes of queues and of the clock between two events with the current state. */
export class LiveFeed {
  readonly #parts: InspectParts;
  readonly #changed = new Set<string>();
  readonly #signatures = new Map<string, string>();
  #clock: number;

  constructor(parts: InspectParts) {
    this.#parts = parts;
    this.#clock = this.#clockState();
  }

  /** Must be called for each change of a queue or of one of its tasks. */
  queueChanged(name: string): void {
    this.#changed.add(name);
  }

  /** Forgets the changes: no client wants them, and a new one gets the state of all queues. */
  forget(): void {
    this.#changed.clear();
    this.#signatures.clear();
  }

  /** Finds queues that changed without an event: a task has become due, or the last minute no longer has an attempt. */
  findQuietChanges(): void {
    const { engine, clock } = this.#parts;
    const now = clock.now();
    for (const [name, queue] of engine.queues) {
      const isRefreshed = refreshDue(queue, now, REFRESH_SIZE);
      const signature = signatureOf(queue, now);
      if (!isRefreshed || this.#signatures.get(name) !== signature) this.#changed.add(name);
      this.#signatures.set(name, signature);
    }
  }

  /** Returns the state of all queues, for a client that has connected. */
  all(): StatsEventJson {
    const queues = [...this.#parts.engine.queues.keys()];
    const { counts } = this.#parts.history.tasks;
    const state = queues.flatMap((name) => this.#queue(name, counts));
    this.#rememberNew();
    return { ...this.#time(), isComplete: true, queues: state, deletedQueues: [] };
  }

  /** Returns the time, with no queue. */
  none(): StatsEventJson {
    return { ...this.#time(), isComplete: false, queues: [], deletedQueues: [] };
  }

  /** Returns the queues that changed since the last call; `undefined` if none did. */
  changes(): StatsEventJson | undefined {
    if (this.#changed.size === 0) return undefined;
    const startedAt = performance.now();
    const { counts, isExact } = this.#parts.history.finishedTasks.recentCounts();
    const queues: QueueJson[] = [];
    const deletedQueues: string[] = [];
    let taken = 0;
    for (const name of this.#changed) {
      if (taken === MAX_QUEUES || (taken >= MIN_QUEUES && performance.now() - startedAt > MAX_MS)) break;
      taken += 1;
      this.#changed.delete(name);
      queues.push(...this.#queue(name, counts));
      if (!this.#parts.engine.queues.has(name)) deletedQueues.push(name);
    }
    for (const name of deletedQueues) this.#signatures.delete(name);
    if (!isExact) for (const { name } of queues) this.#changed.add(name);
    return { ...this.#time(), isComplete: false, queues, deletedQueues };
  }

  /** Returns the time if the clock was turned since the last call. A clock that runs does not count. */
  clockChange(): ClockEventJson | undefined {
    const state = this.#clockState();
    if (state === this.#clock) return undefined;
    this.#clock = state;
    return this.#time();
  }

  /** Returns the state of a queue; nothing if it was deleted. */
  #queue(name: string, counts: FinishedTaskCounts): QueueJson[] {
    const { engine, clock } = this.#parts;
    const queue = engine.queues.get(name);
    if (!queue) return [];
    refreshDue(queue, clock.now(), REFRESH_SIZE);
    return [queueJson(this.#parts, queue, counts)];
  }

  /** The first look for quiet changes finds those since the first client has got all queues. */
  #rememberNew(): void {
    const { engine, clock } = this.#parts;
    const now = clock.now();
    for (const [name, queue] of engine.queues) {
      if (!this.#signatures.has(name)) this.#signatures.set(name, signatureOf(queue, now));
    }
  }

  #time(): ClockEventJson {
    const { clock } = this.#parts;
    return { now: rfc3339(clock.now()), clockOffsetMs: clockOffsetMs(clock) };
  }

  /** A manual clock stands still, and its distance to the time of the machine always changes. */
  #clockState(): number {
    const { clock } = this.#parts;
    return clock instanceof SystemClock ? clock.ahead : clock.now();
  }
}

function signatureOf({ counts, executed }: EngineQueue, now: number): string {
  return `${counts.total.due} ${executed.total(now)}`;
}
