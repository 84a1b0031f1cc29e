import type { ServerResponse } from "node:http";
import type { EventFilter } from "./event-filter.ts";
import { EventPace } from "./event-pace.ts";

/** Milliseconds that a dropped client has to read the rest before its connection is destroyed. */
const GRACE_MS = 5_000;

/** The last event of a client that was dropped. An EventSource reconnects and sends the id of the last event it has read. */
const DROPPED =
  'event: dropped\ndata: {"message":"The client reads too slowly. Reconnect with Last-Event-ID to resume."}\n\n';

/**
 * A client of an event stream. Events that it has not read yet wait here as text, which all clients share. Each client would
 * otherwise have its own copy in the buffer of its socket.
 */
export class EventClient {
  readonly filter: EventFilter;
  readonly pace: EventPace;
  readonly #response: ServerResponse;
  #waiting: string[] = [];
  #unread = 0;
  #isBlocked = false;
  #hasEnded = false;

  /** @param filter - selects the events that the client wants */
  constructor(response: ServerResponse, filter: EventFilter) {
    this.#response = response;
    this.filter = filter;
    this.pace = new EventPace(filter.maxPerSecond);
    response.on("drain", () => this.#flush());
  }

  /** The number of characters that wait until the client has read the earlier ones. */
  get unread(): number {
    return this.#unread;
  }

  send(text: string): void {
    if (this.#hasEnded) return;
    if (!this.#isBlocked) {
      this.#isBlocked = !this.#response.write(text);
      return;
    }
    this.#waiting.push(text);
    this.#unread += text.length;
  }

  /** Discards the unread events, tells the client to resume, and ends its stream. */
  drop(): void {
    this.#end(DROPPED);
    const timer = setTimeout(() => this.#response.destroy(), GRACE_MS).unref();
    this.#response.on("close", () => clearTimeout(timer));
  }

  /** Sends the unread events and ends the stream. */
  end(): void {
    this.#end(this.#waiting.join(""));
  }

  #end(last: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#waiting = [];
    this.#unread = 0;
    this.#response.end(last);
  }

  #flush(): void {
    this.#isBlocked = false;
    let sent = 0;
    while (sent < this.#waiting.length && !this.#isBlocked) {
      const text = this.#waiting[sent] ?? "";
      sent += 1;
      this.#unread -= text.length;
      this.#isBlocked = !this.#response.write(text);
    }
    this.#waiting.splice(0, sent);
  }
}
