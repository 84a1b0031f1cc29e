import type { FinishedJson, StartedJson } from "./attempt-types.ts";
import type { JobJson } from "./job-types.ts";
import type { QueueJson } from "./queue-types.ts";

/**
 * GET /inspect/events?types=&queue=&task=&outcome=&maxPerSecond= — server-sent events with the names `attempt`, `task`, `queue`,
 * `stats`, `clock` and `job`. `types` selects them, separated by commas; the default is `attempt`. `queue` and `task` select the
 * events `attempt` and `task` of a queue or a task, given by full name or id. `outcome` selects the `attempt` events of finished
 * attempts by their outcome, as in GET /inspect/attempts. The data of an event is one of these types. Request only the events that
 * you use: each takes CPU time of the emulator.
 *
 * Every `attempt`, `task`, `queue` and `stats` event has an id, except a `stats` event after skipped events. A client that reconnects with `Last-Event-ID`, or with
 * `?lastEventId=`, first gets the events after it. The emulator keeps recent events while a client is connected and for a minute
 * afterwards. If it no longer has them all, or has been restarted, the first event is `resync`: the client must read again what it
 * shows. A client that requests only `attempt` gets the later attempts in the history instead.
 *
 * `stats`, `clock` and `job` events are sent at most four times a second. They contain the current state, so none is repeated. A
 * client that connects gets a `stats` event with all queues first, and then one at least every 5 seconds, which has no queues if
 * none changed. A browser does not pass comments of the stream to the page, so a page uses these events to check its connection.
 *
 * `maxPerSecond` limits the `attempt`, `task` and `queue` events. If there are more, the others are not sent, and the client gets
 * `resync` instead, every two seconds at most. A page that shows lists sets it, because sending an event takes as long as a delivery.
 *
 * A client that reads too slowly is disconnected after an event `dropped`, and can reconnect in the same way.
 */
export type EventJson =
  | StartedJson
  | FinishedJson
  | TaskEventJson
  | QueueEventJson
  | StatsEventJson
  | ClockEventJson
  | JobJson
  | ResyncJson;

/** The event `task`: a task was created, or was deleted because it succeeded, is exhausted, or a call deleted it. */
export interface TaskEventJson {
  readonly kind: "created" | "deleted";
  readonly task: string;
  readonly queue: string;
  readonly time: string;
}

/** The event `queue`: a queue was created, changed, purged or deleted. */
export interface QueueEventJson {
  readonly kind: "created" | "changed" | "purged" | "deleted";
  readonly queue: string;
  readonly time: string;
}

/** The event `stats`: the queues that changed since the previous one; the first one of a connection has all queues. */
export interface StatsEventJson {
  readonly now: string;
  readonly clockOffsetMs: number;
  /** Whether `queues` has all queues of the emulator. */
  readonly isComplete: boolean;
  /** The changed queues: 100 at most if `isComplete` is false; the others follow in the next event. */
  readonly queues: readonly QueueJson[];
  /** The full names of the queues that were deleted. */
  readonly deletedQueues: readonly string[];
}

/** The event `clock`: a call turned the clock, or reset the emulator. */
export interface ClockEventJson {
  readonly now: string;
  readonly clockOffsetMs: number;
}

/** The event `resync`: events are missing. Read again what you show. */
export interface ResyncJson {
  readonly reason: "gap" | "restarted";
}
