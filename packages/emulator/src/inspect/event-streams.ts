import type { IncomingMessage, ServerResponse } from "node:http";
import type { EmulatorEvents } from "../emulator-events.ts";
import type { Query } from "../http/query.ts";
import { invalidArgument } from "../service/rpc-error.ts";
import { finishedJson, startedJson } from "./attempts-json.ts";
import type { InspectParts } from "./inspect-parts.ts";
import type { EventJson } from "./inspect-types.ts";
import { rfc3339 } from "./rfc3339.ts";

type EventName = keyof EmulatorEvents;

interface Client {
  readonly response: ServerResponse;
  readonly names: ReadonlySet<string>;
}

const eventNames: readonly EventName[] = ["attempt", "task", "queue"];

/** A connection over which nothing passes is given up by what stands in between. */
const HEARTBEAT_MS = 15_000;

/** A client with more than this unread is let go: it comes back, and goes on where it was. */
const MOST_UNREAD = 8 * 1024 * 1024;

/** The past is sent so many attempts at a time. */
const AT_ONCE = 200;

/** GET /inspect/events: server-sent events for any number of clients, each written once. */
export class EventStreams {
  readonly #parts: InspectParts;
  readonly #clients = new Set<Client>();
  #stopListening: (() => void) | undefined;

  constructor(parts: InspectParts) {
    this.#parts = parts;
    parts.events.atEnd(() => {
      for (const { response } of this.#clients) response.end();
    });
  }

  /**
   * Answers with a stream that ends when the client or the emulator does.
   *
   * @throws RpcError where what is asked for makes no sense
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
    const client = { response, names };
    this.#clients.add(client);
    response.on("close", () => {
      this.#clients.delete(client);
      if (this.#clients.size === 0) this.#stopListening?.();
    });
    this.#stopListening ??= this.#listen();
  }

  /** Sends the past. Between the last look at it and the return nothing can happen, so that nothing is missed. */
  async #replay(response: ServerResponse, after: number): Promise<void> {
    let last = after;
    for (;;) {
      const attempts = this.#parts.history.since(last, AT_ONCE);
      if (attempts.length === 0) return;
      last = attempts.at(-1)?.id ?? last;
      const isRead = response.write(attempts.map((attempt) => block("attempt", attempt)).join(""));
      if (!isRead) await drained(response);
      if (response.destroyed) return;
    }
  }

  #listen(): () => void {
    const { events } = this.#parts;
    const stops = eventNames.map((name) => events.on(name, (event) => this.#tell(name, event)));
    const heartbeat = setInterval(() => this.#write(":\n\n"), HEARTBEAT_MS).unref();
    return () => {
      for (const stop of stops) stop();
      clearInterval(heartbeat);
      this.#stopListening = undefined;
    };
  }

  #tell<K extends EventName>(name: K, event: EmulatorEvents[K]): void {
    if ([...this.#clients].some(({ names }) => names.has(name))) this.#write(block(name, event), name);
  }

  #write(text: string, name?: EventName): void {
    for (const { response, names } of this.#clients) {
      if (name !== undefined && !names.has(name)) continue;
      response.write(text);
      if (response.writableLength > MOST_UNREAD) response.destroy();
    }
  }
}

/** An event on the wire. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html */
function block(name: EventName, event: EmulatorEvents[EventName]): string {
  const id = "phase" in event && event.phase === "finished" ? `id: ${event.id}\n` : "";
  return `${id}event: ${name}\ndata: ${JSON.stringify(eventJson(event))}\n\n`;
}

function eventJson(event: EmulatorEvents[EventName]): EventJson {
  if (!("phase" in event)) {
    const { at, ...what } = event;
    return { ...what, time: rfc3339(at) };
  }
  return event.phase === "started" ? startedJson(event) : finishedJson(event);
}

function namesOf(query: Query): ReadonlySet<string> {
  const names = (query.text("types") || "attempt").split(",");
  const wrong = names.find((name) => !eventNames.some((known) => known === name));
  if (wrong === undefined) return new Set(names);
  throw invalidArgument(`types: expected some of ${eventNames.join(", ")}; received ${JSON.stringify(wrong)}`);
}

function lastEventId({ headers }: IncomingMessage, query: Query): number | undefined {
  const text = String(headers["last-event-id"] ?? query.text("lastEventId"));
  if (text === "") return undefined;
  if (/^\d{1,16}$/.test(text)) return Number(text);
  throw invalidArgument(`Last-Event-ID: expected the id of an event; received ${JSON.stringify(text)}`);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}
