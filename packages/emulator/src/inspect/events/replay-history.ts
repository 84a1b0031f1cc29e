import type { ServerResponse } from "node:http";
import type { History } from "../../history/history.ts";
import { finishedJson } from "../attempts/attempts-json.ts";
import { type EventFilter, wantsEvent } from "./event-filter.ts";
import { eventText } from "./event-text.ts";

/** Attempts of the history to send at once. */
const BATCH_SIZE = 200;

/**
 * Sends the attempts of the history after an id. No event can happen between the last, empty read and the return, so the client
 * misses none.
 */
export async function replayHistory(
  history: Pick<History, "since">,
  response: ServerResponse,
  filter: EventFilter,
  after: number,
): Promise<void> {
  let last = after;
  for (;;) {
    const attempts = history.since(last, BATCH_SIZE);
    if (attempts.length === 0) return;
    last = attempts.at(-1)?.id ?? last;
    const wanted = attempts.filter((attempt) => wantsEvent(filter, "attempt", attempt));
    const text = wanted.map((attempt) => eventText("attempt", finishedJson(attempt), String(attempt.id))).join("");
    if (text !== "" && !response.write(text)) await drained(response);
    if (response.destroyed) return;
  }
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
