import type { TaskState } from "./common-types.ts";
import type { PercentilesJson, StatsBucketJson } from "./stats-types.ts";
import type { SummaryJson } from "./task-types.ts";

/**
 * GET /inspect/definitions — the task definitions that the emulator has seen since its start, in order of name. A definition is
 * the value of `CloudTask-Name`. The 1,000 that were seen last are kept.
 */
export interface DefinitionsJson {
  readonly definitions: readonly DefinitionJson[];
}

/** A task definition, also as GET /inspect/definitions/{name}. */
export interface DefinitionJson {
  readonly name: string;
  /** When a task of it was created, or an attempt of it finished, for the last time. */
  readonly lastTime: string;
  /** The full names of the queues that had tasks of it, 20 at most. */
  readonly queues: readonly string[];
  /** Its tasks by state, without its dead letters. */
  readonly counts: Readonly<Record<TaskState, number>>;
  /** Its dead letters, in all queues. */
  readonly deadLetters: number;
  /** The last hour in 60 buckets of a minute. */
  readonly buckets: readonly StatsBucketJson[];
  /** The sums of the last hour. */
  readonly lastHour: StatsBucketJson;
  /** Attempts that finished per minute, over the last hour or since the definition was first seen. */
  readonly attemptsPerMinute: number;
  /** The share of the attempts of the last hour that failed or discarded their task, from 0 to 1; 0 without attempts. */
  readonly failureRate: number;
  /** How long its attempts of the last hour took; left out if there were none. */
  readonly duration?: PercentilesJson;
  readonly lateness?: PercentilesJson;
  /** The last tasks, the newest first, 5 at most, if the emulator still has their requests. */
  readonly lastPayloads: readonly PayloadJson[];
}

/** A task from which a new one can be pushed. */
export interface PayloadJson extends SummaryJson {
  /** The full name of the task. */
  readonly task: string;
  readonly queue: string;
  readonly createTime: string;
  /** The body, as far as the emulator keeps it, without secrets. */
  readonly body: string;
  readonly bodyEncoding: "text" | "base64";
}
