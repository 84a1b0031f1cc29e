import type { IncomingMessage, ServerResponse } from "node:http";
import type { EmulatorEvents } from "../../emulator-events.ts";
import type { Query } from "../../http/query.ts";
import type { JobRunner } from "../control/jobs/job-runner.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import type { ResyncJson, StatsEventJson } from "../types/event-types.ts";
import { EventClient } from "./event-client.ts";
import { type EventFilter, eventFilterOf, eventId, type LastEvent, lastEventOf, wantsEvent } from "./event-filter.ts";
import { EventPace, TICKS_PER_SECOND } from "./event-pace.ts";
import {
  eventText,
  type SelectableEvent,
  type SingleEventName,
  type StateEventName,
  singleEventJson,
  singleEvents,
} from "./event-text.ts";
import { LiveFeed } from "./live-feed.ts";
import { RecentEvents, type SentEvent } from "./recent-events.ts";
import { replayHistory } from "./replay-history.ts";

/** Interval of heartbeats in milliseconds. Proxies close idle connections. */
const HEARTBEAT_MS = 15_000;

/** Interval of the events with the current state, in milliseconds. */
const STATE_MS = 1_000 / TICKS_PER_SECOND;

/** Every fourth of these events also looks for changes without an event. */
const QUIET_EVERY = 4;

/** The number of intervals without a change after which `stats` is sent anyway: a page in a browser cannot see heartbeats. */
const ALIVE_EVERY = 20;

/** Milliseconds after the last client has gone for which its events are kept. */
const KEEP_MS = 60_000;

/** Unread characters at which a client is dropped. It can reconnect and continue after its last event. */
const MAX_UNREAD = 8 * 1024 * 1024;

/** Unread characters of all clients at which the slowest ones are dropped. */
const MAX_UNREAD_OF_ALL = 64 * 1024 * 1024;

/** The events that a client has missed, `history` if the history has them, or why they are lost. */
type Missed = readonly SentEvent[] | "history" | ResyncJson["reason"];

/** Answers GET /inspect/events: sends server-sent events to any number of clients. Each event is serialized once. */
export class EventStreams {
  readonly #parts: InspectParts & { readonly jobs: JobRunner };
  readonly #keepMs: number;
  readonly #clients = new Set<EventClient>();
  readonly #recent = new RecentEvents();
  readonly #feed: LiveFeed;
  /** Limits the events that are kept: to the limit of the client with the greatest one. */
  #keptPace = new EventPace(0);
  #lastAttempt: number;
  /** The intervals since the last `stats` event. */
  #unchanged = 0;
  #stopListening: (() => void) | undefined;
  #endOfKeeping: NodeJS.Timeout | undefined;

  /** @param keepMs - how long events are kept after the last client has gone */
  constructor(parts: InspectParts & { readonly jobs: JobRunner }, keepMs: number = KEEP_MS) {
    this.#parts = parts;
    this.#keepMs = keepMs;
    this.#feed = new LiveFeed(parts);
    this.#lastAttempt = parts.history.lastId;
    parts.events.atEnd(() => {
      for (const client of this.#clients) client.end();
      clearTimeout(this.#endOfKeeping);
      this.#stopListening?.();
    });
  }

  /**
   * Opens the stream of a client. It ends when the client disconnects or the emulator is closed.
   *
   * @throws RpcError for an unknown event type or an invalid event id
   */
  async open(request: IncomingMessage, response: ServerResponse, query: Query): Promise<void> {
    const filter = eventFilterOf(query);
    const last = lastEventOf(request, query);
    response.writeHead(200, {
      "Content-Type": "text/event-stream; charset=UTF-8",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
    });
    response.write("retry: 1000\n\n");
    const missed = last && this.#missedEvents(filter, last);
    if (missed === "history") await replayHistory(this.#parts.history, response, filter, last?.attempt ?? 0);
    if (response.destroyed) return;
    const client = this.#connect(response, filter);
    for (const text of this.#textsFor(filter, missed)) client.send(text);
  }

  /** Returns the events that a client gets before all others: those it has missed, and the current state. */
  *#textsFor(filter: EventFilter, missed: Missed | undefined): Generator<string, void, undefined> {
    if (missed === "gap" || missed === "restarted") yield this.#resyncText(missed);
    else if (missed !== undefined && missed !== "history") {
      for (const event of missed) if (wantsEvent(filter, event.name, event)) yield event.text;
    }
    if (filter.names.has("stats")) yield eventText("stats", this.#feed.all(), this.#position);
    if (filter.names.has("job")) for (const job of this.#parts.jobs.list()) yield eventText("job", job);
  }

  #connect(response: ServerResponse, filter: EventFilter): EventClient {
    clearTimeout(this.#endOfKeeping);
    const client = new EventClient(response, filter);
    this.#clients.add(client);
    this.#keptPace.raise(filter.maxPerSecond);
    response.on("close", () => {
      this.#clients.delete(client);
      if (this.#clients.size === 0) this.#keepForAWhile();
    });
    this.#stopListening ??= this.#listen();
    for (const name of singleEvents) if (filter.names.has(name)) this.#recent.keep(name);
    return client;
  }

  /** Returns the events after the last one of a client, `history` if the history has them, or why they are missing. */
  #missedEvents({ names }: EventFilter, last: LastEvent): Missed {
    const single = new Set(singleEvents.filter((name) => names.has(name)));
    const events = last.number === undefined ? "gap" : this.#recent.after(last.number, single);
    if (typeof events !== "string") return events;
    // Clients that only want attempts, such as scripts, get those of the history, also of an earlier emulator.
    return names.size === 1 && names.has("attempt") ? "history" : events;
  }

  /** The id from which a client that has received all events can resume. */
  get #position(): string {
    return eventId({ attempt: this.#lastAttempt, number: this.#recent.last });
  }

  #resyncText(reason: ResyncJson["reason"]): string {
    return eventText("resync", { reason } satisfies ResyncJson, this.#position);
  }

  #keepForAWhile(): void {
    clearTimeout(this.#endOfKeeping);
    this.#endOfKeeping = setTimeout(() => this.#stopListening?.(), this.#keepMs).unref();
  }

  #listen(): () => void {
    const { events } = this.#parts;
    const stops = singleEvents.map((name) => events.on(name, (event) => this.#send(name, event)));
    const heartbeat = setInterval(() => this.#write(":\n\n", () => true), HEARTBEAT_MS).unref();
    let ticks = 0;
    const state = setInterval(() => {
      ticks += 1;
      this.#sendSkipped();
      this.#sendState(ticks % QUIET_EVERY === 0);
    }, STATE_MS).unref();
    return () => {
      for (const stop of stops) stop();
      clearInterval(heartbeat);
      clearInterval(state);
      this.#recent.clear();
      this.#keptPace = new EventPace(0);
      this.#stopListening = undefined;
    };
  }

  #send<K extends SingleEventName>(name: K, event: EmulatorEvents[K]): void {
    if ("phase" in event && event.phase === "finished") this.#lastAttempt = event.id;
    this.#feed.queueChanged(event.queue);
    if (!this.#recent.isKept(name)) return;
    const isKept = this.#keptPace.take();
    const takers = this.#takersOf(name, event);
    const number = isKept ? this.#recent.nextNumber() : this.#recent.skipNumber();
    if (!isKept && takers === undefined) return;
    const text = eventText(name, singleEventJson(event), eventId({ attempt: this.#lastAttempt, number }));
    if (isKept) this.#recent.add({ ...selectable(event), name, number, text });
    if (takers) this.#write(text, (client) => takers.includes(client));
  }

  /** Returns the clients that want an event and have not reached their limit; `undefined` if there are none. */
  #takersOf(name: SingleEventName, event: SelectableEvent): readonly EventClient[] | undefined {
    let takers: EventClient[] | undefined;
    for (const client of this.#clients) {
      if (!wantsEvent(client.filter, name, event) || !client.pace.take()) continue;
      takers ??= [];
      takers.push(client);
    }
    return takers;
  }

  /** Asks the clients that did not get all events to read the state again. */
  #sendSkipped(): void {
    this.#keptPace.tick();
    for (const client of this.#clients) if (client.pace.tick()) client.send(this.#resyncText("gap"));
  }

  #sendState(isQuietDue: boolean): void {
    const isWanted = (name: StateEventName): boolean => [...this.#clients].some(({ filter }) => filter.names.has(name));
    if (isWanted("stats")) {
      if (isQuietDue) this.#feed.findQuietChanges();
      this.#unchanged += 1;
      const changes = this.#feed.changes() ?? (this.#unchanged < ALIVE_EVERY ? undefined : this.#feed.none());
      if (changes) this.#writeStats(changes);
    } else this.#feed.forget();
    if (isWanted("clock")) this.#writeState("clock", this.#feed.clockChange());
    if (isWanted("job")) for (const job of this.#parts.jobs.changes()) this.#writeState("job", job);
  }

  /** The event has the position as its id: a client may want few single events, and resumes from here. */
  #writeStats(changes: StatsEventJson): void {
    this.#unchanged = 0;
    const text = eventText("stats", changes);
    this.#write(`id: ${this.#position}\n${text}`, ({ filter, pace }) => filter.names.has("stats") && !pace.hasSkipped);
    // A client with skipped events cannot resume from here: it gets `resync` first.
    this.#write(text, ({ filter, pace }) => filter.names.has("stats") && pace.hasSkipped);
  }

  #writeState(name: StateEventName, data: object | undefined): void {
    if (data) this.#write(eventText(name, data), ({ filter }) => filter.names.has(name));
  }

  #write(text: string, isWanted: (client: EventClient) => boolean): void {
    let unread = 0;
    for (const client of this.#clients) {
      if (isWanted(client)) client.send(text);
      if (client.unread > MAX_UNREAD) this.#drop(client);
      unread += client.unread;
    }
    if (unread > MAX_UNREAD_OF_ALL) this.#dropSlowest(unread);
  }

  #dropSlowest(unread: number): void {
    let excess = unread - MAX_UNREAD_OF_ALL;
    for (const client of [...this.#clients].sort((a, b) => b.unread - a.unread)) {
      if (excess <= 0) return;
      excess -= client.unread;
      this.#drop(client);
    }
  }

  #drop(client: EventClient): void {
    this.#clients.delete(client);
    client.drop();
  }
}

/** Returns the properties without the others, which can be large. */
function selectable({ task, queue, outcome, discarded }: SelectableEvent): SelectableEvent {
  return { queue, ...definedFields({ task, outcome, discarded }) };
}
