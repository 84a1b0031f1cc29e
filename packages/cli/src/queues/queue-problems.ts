import type { BlockerJson, QueueJson } from "@cloudtask/emulator/internal";
import { printableText, rateInput, withoutTaskLabel } from "cloudtask/internal";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { countText } from "../output/count-text.ts";
import { rateText } from "../output/rate-text.ts";
import type { EmulatorApi } from "../place/emulator-api.ts";
import { placeText } from "../place/place-flags.ts";

/** The state of a queue of an emulator that shows what is wrong. */
export type QueueState = Pick<QueueJson, "name" | "id" | "deadLetters" | "blockers" | "failing">;

/** A longer message is cut. */
const MAX_MESSAGE = 200;

/** The highest rate of a queue, in dispatches per second. */
const MAX_RATE = 500;

/** Reads the states of all queues of an emulator. */
export async function readStates(emulator: EmulatorApi): Promise<readonly QueueState[]> {
  const states: QueueState[] = [];
  let cursor: string | undefined;
  do {
    const page = await emulator.get<{ readonly queues: readonly QueueState[]; readonly nextCursor?: string }>(
      "/inspect/queues",
      { limit: "1000", cursor },
    );
    states.push(...page.queues);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return states;
}

/** Describes why tasks of a queue do not run or fail, one line for each problem, with the command that shows more or repairs it. */
export function problemLines(queue: QueueState, flags: GivenFlags): readonly string[] {
  const place = placeText(flags);
  const letters = countText(queue.deadLetters, "dead letter");
  return [
    ...queue.blockers.map((blocker) => blockerLine(queue, blocker, place)),
    ...(queue.deadLetters > 0 ? [`${queue.id}: ${letters}; see: cloudtask dead list ${queue.id}${place}`] : []),
  ];
}

function blockerLine(queue: QueueState, { reason, due, limit = 0 }: BlockerJson, place: string): string {
  const { id } = queue;
  const tasks = due === 1 ? "1 task is due" : `${countText(due, "task")} are due`;
  switch (reason) {
    case "paused":
    case "disabled":
      return `${id}: ${reason}, ${tasks}; to deliver: cloudtask queues resume ${id}${place}`;
    case "rateZero":
      return `${id}: the rate is 0, ${tasks}; to deliver: cloudtask queues update ${id} --rate 10${place}`;
    case "concurrency":
      return `${id}: as many attempts are in progress as the concurrency of ${limit} allows, ${tasks}; see: cloudtask tasks list ${id}${place}`;
    case "rate":
      return `${id}: the rate of ${rateText(limit)} is reached, ${tasks}${higherRate(id, limit, place)}`;
    case "throttled":
      return `${id}: slowed down to ${rateText(limit)} because of failures, ${tasks}; see: ${failuresCommand(id, place)}`;
    case "failing":
      return failingLine(queue, place);
  }
}

function failingLine({ id, failing }: QueueState, place: string): string {
  const { count = 1, status, message, url } = failing ?? {};
  const attempts = count === 1 ? "the last attempt" : `the last ${countText(count, "attempt")}`;
  // Anything can listen at a wrong URL.
  const target =
    url !== undefined && (status === undefined || status === 404) ? ` ${printableText(url, MAX_MESSAGE)}` : "";
  const reason = message === undefined ? "" : `: ${printableText(withoutTaskLabel(message), MAX_MESSAGE)}`;
  const answer = `${status ?? "no answer"}${target}${reason}`;
  return `${id}: ${attempts} failed (${answer}); see: ${failuresCommand(id, place)}`;
}

/** Names the command that doubles the rate, unless that is more than Cloud Tasks allows. */
function higherRate(id: string, limit: number, place: string): string {
  if (limit * 2 > MAX_RATE) return "";
  return `; to deliver faster: cloudtask queues update ${id} --rate ${rateInput(limit * 2)}${place}`;
}

function failuresCommand(id: string, place: string): string {
  return `cloudtask failures --queue ${id}${place}`;
}
