import { clockOffsetMs } from "../../clock/clock-offset.ts";
import { SystemClock } from "../../clock/system-clock.ts";
import { refreshDue } from "../../engine/set-task-state.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { queueJson } from "../queues/queues-json.ts";
import { rfc3339 } from "../rfc3339.ts";
import type { ClockEventJson, StatsEventJson } from "../types/event-types.ts";

/** Queues in one event at most. The others follow in the next one. */
const MAX_QUEUES = 100;

/** Tasks that became due to count per queue and event. The others follow. */
const REFRESH_SIZE = 5_000;

/** Collects changes of queues and of the clock between two events with the current state. */
export class LiveFeed {
  readonly #parts: InspectParts;
  readonly #changed = new Set<string>();
  readonly #deleted = new Set<string>();
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
    this.#deleted.clear();
    this.#signatures.clear();
  }

  /** Finds queues that changed without an event: a task has become due, or the last minute no longer has an attempt. */
  findQuietChanges(): void {
    const { engine, clock } = this.#parts;
    const now = clock.now();
    for (const [name, queue] of engine.queues) {
      const isRefreshed = refreshDue(queue, now, REFRESH_SIZE);
      const signature = `${queue.counts.total.due} ${queue.executed.total(now)}`;
      if (!isRefreshed || this.#signatures.get(name) !== signature) this.#changed.add(name);
      this.#signatures.set(name, signature);
    }
  }

  /** Returns the state of all queues, for a client that has connected. */
  all(): StatsEventJson {
    const queues = [...this.#parts.engine.queues.keys()];
    return this.#event(queues, [], true);
  }

  /** Returns the time, with no queue. */
  none(): StatsEventJson {
    return this.#event([], [], false);
  }

  /** Returns the queues that changed since the last call; `undefined` if none did. */
  changes(): StatsEventJson | undefined {
    const names = [...this.#changed].slice(0, MAX_QUEUES);
    for (const name of names) {
      this.#changed.delete(name);
      if (this.#parts.engine.queues.has(name)) this.#deleted.delete(name);
      else this.#deleted.add(name);
    }
    const deleted = [...this.#deleted];
    this.#deleted.clear();
    for (const name of deleted) this.#signatures.delete(name);
    return names.length > 0 ? this.#event(names, deleted, false) : undefined;
  }

  /** Returns the time if the clock was turned since the last call. A clock that runs does not count. */
  clockChange(): ClockEventJson | undefined {
    const state = this.#clockState();
    if (state === this.#clock) return undefined;
    this.#clock = state;
    return this.#time();
  }

  #event(names: readonly string[], deletedQueues: readonly string[], isComplete: boolean): StatsEventJson {
    const { engine, clock } = this.#parts;
    const now = clock.now();
    const queues = names.flatMap((name) => {
      const queue = engine.queues.get(name);
      if (!queue) return [];
      refreshDue(queue, now, REFRESH_SIZE);
      return [queueJson(this.#parts, queue)];
    });
    return { ...this.#time(), isComplete, queues, deletedQueues };
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
