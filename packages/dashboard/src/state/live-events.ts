import type {
  ClockEventJson,
  FinishedJson,
  JobJson,
  QueueEventJson,
  ResyncJson,
  StartedJson,
  StatsEventJson,
  TaskEventJson,
} from "../source/json.ts";

/** The events of the server, by name. A page gets the `attempt` and `task` events that `pageEvents()` lists. */
export interface LiveEvents {
  readonly attempt: StartedJson | FinishedJson;
  readonly task: TaskEventJson;
  readonly queue: QueueEventJson;
  readonly stats: StatsEventJson;
  readonly clock: ClockEventJson;
  readonly job: JobJson;
  readonly resync: ResyncJson;
  /** A server without events was read again. */
  readonly poll: { readonly time: number };
}

type Name = keyof LiveEvents;
type Listener<K extends Name> = (event: LiveEvents[K]) => void;

const listeners: { readonly [K in Name]: Set<Listener<K>> } = {
  attempt: new Set(),
  task: new Set(),
  queue: new Set(),
  stats: new Set(),
  clock: new Set(),
  job: new Set(),
  resync: new Set(),
  poll: new Set(),
};

/** The names of the events that a server sends. */
export const eventNames: readonly Exclude<Name, "poll">[] = [
  "attempt",
  "task",
  "queue",
  "stats",
  "clock",
  "job",
  "resync",
];

/** Calls a function at each event of a name. Returns a function that stops this. */
export function onLive<K extends Name>(name: K, listener: Listener<K>): () => void {
  listeners[name].add(listener);
  return () => listeners[name].delete(listener);
}

export function emitLive<K extends Name>(name: K, data: LiveEvents[K]): void {
  for (const listener of listeners[name]) listener(data);
}
