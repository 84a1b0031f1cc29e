import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { addressOf } from "../source/http.ts";
import { source } from "../source/http-source.ts";
import type { ClockEventJson, QueueJson, StatsEventJson } from "../source/json.ts";
import { emitLive, eventNames, type LiveEvents } from "./live-events.ts";
import { pageEvents } from "./page-events.ts";
import { createPolling, type Polling } from "./polling.ts";
import { keepPosition, positionOf } from "./positions.ts";
import { type Route, route } from "./router.ts";
import { server } from "./server.ts";

/** `paused` is the choice of the user. `lost`: the server does not answer, and the browser tries again. */
export type LiveState = "connecting" | "live" | "paused" | "lost";

/** The server sends an event every 5 s. After a longer silence the connection counts as lost, for example after the computer slept. */
const SILENCE_MS = 12_000;
const RECONNECT_MS = 1_000;
/** After this time a tab that nobody sees receives no events. It continues with them when it is seen again. */
const HIDDEN_MS = 30_000;
/** If there are more events, the server asks the page to read its lists again instead. Reading them is faster for both. */
const MAX_EVENTS_PER_SECOND = 1_000;

const state = signal<LiveState>("connecting");
const queues = signal<ReadonlyMap<string, QueueJson>>(new Map());
const offset = signal(0);
const lastRead = signal<number | undefined>(undefined);
const problem = signal<string | undefined>(undefined);

/** The state of the connection. */
export const liveState: ReadonlySignal<LiveState> = state;
/** All queues by full name, with their current statistics. Empty before the first event. */
export const liveQueues: ReadonlySignal<ReadonlyMap<string, QueueJson>> = queues;
/** When a server without events was read for the last time, in milliseconds since the epoch; `undefined` before. */
export const readAt: ReadonlySignal<number | undefined> = lastRead;
/** Why that server could not be read; `undefined` after a success. */
export const readProblem: ReadonlySignal<string | undefined> = problem;
/** How far the server's clock is ahead of this browser's, in milliseconds. */
export const clockSkewMs: ReadonlySignal<number> = offset;

/** The current time by the server's clock, in milliseconds since the epoch. */
export function serverNow(): number {
  return Date.now() + offset.peek();
}

let events: EventSource | undefined;
/** Set for a server without events. */
let polling: Polling | undefined;
let lastEventId = "";
let lastEventAt = Date.now();
/** Whether the connection is closed because nobody sees the tab. */
let isAsleep = false;
/** Whether everything on the page is read after the connection is open, so it misses nothing. */
let isFresh = true;
/** The parameters of the events of the page. */
let wanted: Readonly<Record<string, string>> = {};
/** Identifies the page that the events are for. */
let followed = "";

let settle: () => void = () => undefined;
let connected = new Promise<void>((resolve) => {
  settle = resolve;
});

/**
 * Resolves when the connection with the events of the current page is open or has failed. Data that is read before could be older
 * than the first event, and a change between the two would be missed.
 */
export function whenConnected(): Promise<void> {
  return connected;
}

/** Connects, and connects again whenever the connection is lost. Reads a server without events at an interval. */
export function startLive(): void {
  const { pollMs } = server();
  if (pollMs !== undefined) {
    polling = createPolling(pollMs, poll);
    polling.start();
    settle();
    return;
  }
  effect(() => follow(route.value));
  setInterval(() => {
    const silent = Date.now() - lastEventAt > SILENCE_MS;
    if (state.peek() === "live" && silent && !isAsleep) reconnect();
  }, RECONNECT_MS);
  let timer: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(sleep, HIDDEN_MS);
    else if (isAsleep) wake();
  });
}

function sleep(): void {
  if (state.peek() !== "live") return;
  events?.close();
  isAsleep = true;
}

function wake(): void {
  isAsleep = false;
  isFresh = false;
  if (state.peek() === "live") connect();
}

/** Stops the events, so that nothing on the page changes. */
export function pauseLive(): void {
  events?.close();
  polling?.stop();
  state.value = "paused";
  settle();
}

/** Reads a queue again after an action of the user, who would not see its effect while the page is paused. */
export async function refreshQueue(name: string): Promise<void> {
  const queue = await source.queue(name);
  queues.value = new Map(queues.peek()).set(name, queue);
}

/** Continues with the events that were missed. */
export function resumeLive(): void {
  isFresh = false;
  state.value = "connecting";
  if (polling === undefined) connect();
  else polling.start();
}

/** Reads a server without events now, after a change. Does nothing if the server has events. */
export async function readNow(): Promise<void> {
  await polling?.now();
}

/** Reads everything again that the page shows, lists too. */
export async function refreshAll(): Promise<void> {
  await readNow();
  emitLive("resync", { reason: "gap" });
}

async function poll(): Promise<boolean> {
  const setState = (next: LiveState): void => {
    if (state.peek() !== "paused") state.value = next;
  };
  try {
    const { queues: all } = await source.queues();
    queues.value = new Map(all.map((queue) => [queue.name, queue]));
    lastRead.value = Date.now();
    problem.value = undefined;
    setState("live");
    emitLive("poll", { time: Date.now() });
    return true;
  } catch (error) {
    problem.value = (error as Error).message;
    setState("lost");
    return false;
  }
}

function reconnect(): void {
  settle();
  if (state.peek() === "paused") return;
  events?.close();
  isFresh = false;
  state.value = "lost";
  setTimeout(() => state.peek() === "lost" && connect(), RECONNECT_MS);
}

/** Requests the events of another page. A page that was left before continues with the events since then. */
function follow({ entry, path }: Route): void {
  const parameters = pageEvents({ path });
  const page = `${entry} ${JSON.stringify(parameters)}`;
  if (page === followed) return;
  if (followed !== "") keepPosition(followed, lastEventId);
  const position = positionOf(page);
  const hasOthers = JSON.stringify(parameters) !== JSON.stringify(wanted);
  const isConnected = state.peek() === "live" || state.peek() === "connecting";
  followed = page;
  wanted = parameters;
  if (position !== undefined) lastEventId = position;
  if (!isConnected || (position === undefined && !hasOthers)) return;
  if (position === undefined) lastEventId = "";
  isFresh = position === undefined;
  settle();
  connected = new Promise((resolve) => {
    settle = resolve;
  });
  connect();
}

function connect(): void {
  events?.close();
  isAsleep = false;
  lastEventAt = Date.now();
  const parameters = { ...wanted, lastEventId, maxPerSecond: MAX_EVENTS_PER_SECOND };
  events = new EventSource(addressOf("inspect/events", parameters));
  events.addEventListener("open", opened);
  // The browser would repeat the address of the first connection, with an outdated event id.
  events.addEventListener("error", reconnect);
  for (const name of eventNames) events.addEventListener(name, (event) => receive(name, event as MessageEvent<string>));
}

function opened(): void {
  lastEventAt = Date.now();
  state.value = "live";
  settle();
  // Without the id of an event, the server cannot know which ones were missed.
  if (!isFresh && lastEventId === "") emitLive("resync", { reason: "gap" });
}

function receive<K extends keyof LiveEvents>(name: K, event: MessageEvent<string>): void {
  lastEventAt = Date.now();
  if (event.lastEventId !== "") lastEventId = event.lastEventId;
  const data = JSON.parse(event.data) as LiveEvents[K];
  if (name === "stats") update(data as StatsEventJson);
  if (name === "clock") offset.value = Date.parse((data as ClockEventJson).now) - Date.now();
  emitLive(name, data);
}

function update({ now, isComplete, queues: changed, deletedQueues }: StatsEventJson): void {
  offset.value = Date.parse(now) - Date.now();
  const next = new Map(isComplete ? [] : queues.peek());
  for (const queue of changed) next.set(queue.name, queue);
  for (const name of deletedQueues) next.delete(name);
  queues.value = next;
}
