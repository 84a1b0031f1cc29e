import type { IncomingMessage } from "node:http";
import { matchesName } from "../../history/matches-name.ts";
import type { Query } from "../../http/query.ts";
import { invalidArgument } from "../../service/rpc-error.ts";
import { matchesResult, type Result, resultsOf } from "../attempts/attempt-query.ts";
import {
  type SelectableEvent,
  type SingleEventName,
  type StateEventName,
  singleEvents,
  stateEvents,
} from "./event-text.ts";

const allNames: readonly (SingleEventName | StateEventName)[] = [...singleEvents, ...stateEvents];

/** The events that a client requested. */
export interface EventFilter {
  readonly names: ReadonlySet<string>;
  /** A full name or an id. */
  readonly queue: string;
  readonly task: string;
  /** The outcomes of the attempts to send when they finish; `undefined` for all attempts, when they start and finish. */
  readonly results: readonly Result[] | undefined;
  /** The single events to send per second at most; infinite without a limit. */
  readonly maxPerSecond: number;
}

/** The last event that a client has received. */
export interface LastEvent {
  /** The id of the last finished attempt at that time. */
  readonly attempt: number;
  /** The number of the event; `undefined` if the client only knows the attempt. */
  readonly number: number | undefined;
}

/** @throws RpcError for an unknown type or an invalid limit */
export function eventFilterOf(query: Query): EventFilter {
  const names = (query.text("types") || "attempt").split(",");
  const unknown = names.find((name) => !allNames.some((known) => known === name));
  const maxPerSecond = query.integer("maxPerSecond");
  if (maxPerSecond < 0)
    throw invalidArgument(`maxPerSecond: expected an integer of at least 0; received ${maxPerSecond}`);
  if (unknown === undefined) {
    return {
      names: new Set(names),
      queue: query.text("queue"),
      task: query.text("task"),
      results: resultsOf(query.text("outcome")),
      maxPerSecond: maxPerSecond || Number.POSITIVE_INFINITY,
    };
  }
  throw invalidArgument(`types: expected one or more of ${allNames.join(", ")}; received ${JSON.stringify(unknown)}`);
}

/** Checks whether a client wants an event. It is called for every event, so it creates no object. */
export function wantsEvent(filter: EventFilter, name: SingleEventName, event: SelectableEvent): boolean {
  if (!filter.names.has(name)) return false;
  const { task } = event;
  if (task === undefined) return true;
  if (name === "attempt" && !matchesResult(filter.results, event)) return false;
  return (
    (filter.queue === "" || matchesName(filter.queue, event.queue)) &&
    (filter.task === "" || matchesName(filter.task, task))
  );
}

/** @throws RpcError if the id is invalid */
export function lastEventOf({ headers }: IncomingMessage, query: Query): LastEvent | undefined {
  const text = String(headers["last-event-id"] ?? query.text("lastEventId"));
  if (text === "") return undefined;
  const [, attempt, number] = /^(\d{1,16})(?:-(\d{1,16}))?$/.exec(text) ?? [];
  if (attempt !== undefined)
    return { attempt: Number(attempt), number: number === undefined ? undefined : Number(number) };
  throw invalidArgument(`Last-Event-ID: expected the id of an event; received ${JSON.stringify(text)}`);
}

/** Returns the id of an event. */
export function eventId({ attempt, number }: { readonly attempt: number; readonly number: number }): string {
  return `${attempt}-${number}`;
}
