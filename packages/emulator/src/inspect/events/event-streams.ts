import type { IncomingMessage, ServerResponse } from "node:http";
import type { EmulatorEvents } from "../../emulator-events.ts";
import type { Query } from "../../http/query.ts";
import { invalidArgument } from "../../service/rpc-error.ts";
import { finishedJson, startedJson } from "../attempts/attempts-json.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339 } from "../rfc3339.ts";
import type { EventJson } from "../types/event-types.ts";
import { EventClient } from "./event-client.ts";

type EventName = Exclude<keyof EmulatorEvents, "nameTaken" | "queueNotFound">;

const eventNames: readonly EventName[] = ["attempt", "task", "queue"];

/** Interval of heartbeats in milliseconds. Proxies close idle connections. */
const HEARTBEAT_MS = 15_000;

/** Unread characters at which a client is dropped. It can reconnect and continue after its last event. */
const MAX_UNREAD = 8 * 1024 * 1024;

/** Unread characters of all clients at which the slowest ones are dropped. */
const MAX_UNREAD_OF_ALL = 64 * 1024 * 1024;

/** Attempts of the history to send at once. */
const REPLAY_BATCH_SIZE = 200;

/** Answers GET /inspect/events: sends server-sent events to any number of clients. Each event is serialized once. */
export class EventStreams {
  readonly #parts: InspectParts;
  readonly #clients = new Set<EventClient>();
  #stopListening: (() => void) | undefined;

  constructor(parts: InspectParts) {
    this.#parts = parts;
    parts.events.atEnd(() => {
      for (const client of this.#clients) client.end();
    });
  }

  /**
   * Opens the stream of a client. It ends when the client disconnects or the emulator is closed.
   *
   * @throws RpcError for an unknown event type or an invalid event id
   */
  async open(request: IncomingMessage, response: ServerResponse, query: Query): Promise<void> {
    const names = namesOf(query);
    const after = lastEventId(request, query);
    response.writeHead(200, {
      "Content-Type": "text/event-stream; charset=UTF-8",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
    });
    response.write("retry: 1000\n\n");
    if (after !== undefined && names.has("attempt")) await this.#replay(response, after);
    if (response.destroyed) return;
    const client = new EventClient(response, names);
    this.#clients.add(client);
    response.on("close", () => {
      this.#clients.delete(client);
      if (this.#clients.size === 0) this.#stopListening?.();
    });
    this.#stopListening ??= this.#listen();
  }

  /**
   * Sends the attempts of the history after an id. No event can happen between the last, empty read and the return, so the
   * client misses none.
   */
  async #replay(response: ServerResponse, after: number): Promise<void> {
    let last = after;
    for (;;) {
      const attempts = this.#parts.history.since(last, REPLAY_BATCH_SIZE);
      if (attempts.length === 0) return;
      last = attempts.at(-1)?.id ?? last;
      const isRead = response.write(attempts.map((attempt) => block("attempt", attempt)).join(""));
      if (!isRead) await drained(response);
      if (response.destroyed) return;
    }
  }

  #listen(): () => void {
    const { events } = this.#parts;
    const stops = eventNames.map((name) => events.on(name, (event) => this.#send(name, event)));
    const heartbeat = setInterval(() => this.#write(":\n\n"), HEARTBEAT_MS).unref();
    return () => {
      for (const stop of stops) stop();
      clearInterval(heartbeat);
      this.#stopListening = undefined;
    };
  }

  #send<K extends EventName>(name: K, event: EmulatorEvents[K]): void {
    if ([...this.#clients].some(({ names }) => names.has(name))) this.#write(block(name, event), name);
  }

  #write(text: string, name?: EventName): void {
    let unread = 0;
    for (const client of this.#clients) {
      if (name === undefined || client.names.has(name)) client.send(text);
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

/** Serializes an event. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html */
function block(name: EventName, event: EmulatorEvents[EventName]): string {
  const id = "phase" in event && event.phase === "finished" ? `id: ${event.id}\n` : "";
  return `${id}event: ${name}\ndata: ${JSON.stringify(eventJson(event))}\n\n`;
}

function eventJson(event: EmulatorEvents[EventName]): EventJson {
  if (!("phase" in event)) {
    const { at, ...fields } = event;
    return { ...fields, time: rfc3339(at) };
  }
  return event.phase === "started" ? startedJson(event) : finishedJson(event);
}

function namesOf(query: Query): ReadonlySet<string> {
  const names = (query.text("types") || "attempt").split(",");
  const unknown = names.find((name) => !eventNames.some((eventName) => eventName === name));
  if (unknown === undefined) return new Set(names);
  throw invalidArgument(`types: expected one or more of ${eventNames.join(", ")}; received ${JSON.stringify(unknown)}`);
}

function lastEventId({ headers }: IncomingMessage, query: Query): number | undefined {
  const text = String(headers["last-event-id"] ?? query.text("lastEventId"));
  if (text === "") return undefined;
  if (/^\d{1,16}$/.test(text)) return Number(text);
  throw invalidArgument(`Last-Event-ID: expected the id of an event; received ${JSON.stringify(text)}`);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const onDrain = (): void => {
      response.off("drain", onDrain).off("close", onDrain);
      resolve();
    };
    response.on("drain", onDrain).on("close", onDrain);
  });
}
