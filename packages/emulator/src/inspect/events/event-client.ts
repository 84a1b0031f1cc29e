import type { ServerResponse } from "node:http";
import type { EventFilter } from "./event-filter.ts";
import { EventPace } from "./event-pace.ts";

/** Milliseconds after a write for which events are collected. A write takes more time than everything else about an event. */
const COLLECT_MS = 20;

/** Collected characters that are written at once. */
const WRITE_SIZE = 64 * 1024;

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
  #collecting: NodeJS.Timeout | undefined;

  /** @param filter - selects the events that the client wants */
  constructor(response: ServerResponse, filter: EventFilter) {
    this.#response = response;
    this.filter = filter;
    this.pace = new EventPace(filter.maxPerSecond);
    response.on("drain", () => {
      this.#isBlocked = false;
      this.#write();
    });
    response.on("close", () => this.#stop());
  }

  /** The number of characters that wait until the client has read the earlier ones. */
  get unread(): number {
    return this.#unread;
  }

  /** Sends an event, at once if there was none just before. */
  send(text: string): void {
    if (this.#hasEnded) return;
    this.#waiting.push(text);
    this.#unread += text.length;
    if (this.#collecting !== undefined) return;
    this.#write();
    this.#collecting = setTimeout(() => {
      this.#collecting = undefined;
      this.#write();
    }, COLLECT_MS).unref();
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
    this.#stop();
    this.#response.end(last);
  }

  #stop(): void {
    clearTimeout(this.#collecting);
    this.#hasEnded = true;
    this.#waiting = [];
    this.#unread = 0;
  }

  #write(): void {
    while (this.#waiting.length > 0 && !this.#isBlocked) this.#isBlocked = !this.#response.write(this.#take());
  }

  /** Returns the first events, about as many as fit into a write. */
  #take(): string {
    let count = 0;
    let size = 0;
    while (count < this.#waiting.length && size < WRITE_SIZE) {
      size += this.#waiting[count]?.length ?? 0;
      count += 1;
    }
    this.#unread -= size;
    return this.#waiting.splice(0, count).join("");
  }
}
