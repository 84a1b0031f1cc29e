import type { AttemptFinished, EmulatorEvents } from "../../emulator-events.ts";
import { finishedJson, startedJson } from "../attempts/attempts-json.ts";
import { rfc3339 } from "../rfc3339.ts";
import type { EventJson } from "../types/event-types.ts";

/** Single events, which are repeated to a client that reconnects. */
export const singleEvents = ["attempt", "task", "queue"] as const;

/** Events with a current state. They are sent at most four times a second, and are not repeated. */
export const stateEvents = ["stats", "clock", "job"] as const;

export type SingleEventName = (typeof singleEvents)[number];
export type StateEventName = (typeof stateEvents)[number];

/** The properties by which clients select events. Every event of the emulator has those that apply to it. */
export interface SelectableEvent extends Partial<Pick<AttemptFinished, "outcome" | "discarded">> {
  /** The full name; `undefined` for events of queues. */
  readonly task?: string;
  readonly queue: string;
}

/**
 * Serializes an event.
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventText(name: string, data: object, id?: string): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Returns the data of a single event. */
export function singleEventJson(event: EmulatorEvents[SingleEventName]): EventJson {
  if (!("phase" in event)) {
    const { at, ...fields } = event;
    return { ...fields, time: rfc3339(at) };
  }
  return event.phase === "started" ? startedJson(event) : finishedJson(event);
}
