import type { EngineTask } from "../../engine/engine-state.ts";
import { HiddenValues } from "../../history/masking/hidden-values.ts";
import { maskText } from "../../history/masking/mask-text.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import type { DeadLetterFactsJson } from "../types/dead-letter-types.ts";

/** Returns the facts about a dead letter, from its headers; `undefined` for any other task. */
export function deadLetterFacts(
  { engine, secretNames }: Pick<InspectParts, "engine" | "secretNames">,
  { record, queue }: EngineTask,
): DeadLetterFactsJson | undefined {
  const headers = record.isDeadLetter ? engine.store.requestOf(record)?.headers : undefined;
  if (!headers) return undefined;
  const values = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), decoded(value)]));
  const fact = (name: string): string | undefined => values.get(`cloudtask-dead-${name}`);
  const home = fact("queue");
  const message = fact("message");
  return {
    reason: fact("reason") ?? "",
    ...definedFields({
      message: message && maskText(message, new HiddenValues(secretNames)),
      attempts: numberOf(fact("attempts")),
      firstTime: fact("first"),
      lastTime: fact("last"),
      homeQueue: home && siblingQueue(queue.record.name, home),
      originalId: fact("id"),
    }),
  };
}

/** The home queue is in the same location. */
function siblingQueue(queue: string, home: string): string {
  return home.includes("/") ? home : `${queue.slice(0, queue.lastIndexOf("/"))}/${home}`;
}

/** The values are percent-encoded, because a header has only printable ASCII. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || Number.isNaN(value) ? undefined : value;
}
