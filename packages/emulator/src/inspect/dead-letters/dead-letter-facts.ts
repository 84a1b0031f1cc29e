import { readDeadLetterHeaders } from "cloudtask/internal";
import type { EngineTask } from "../../engine/engine-state.ts";
import { HiddenValues } from "../../history/masking/hidden-values.ts";
import { maskText } from "../../history/masking/mask-text.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { timeOrNone } from "../rfc3339.ts";
import type { DeadLetterFactsJson } from "../types/dead-letter-types.ts";

/** Returns the facts about a dead letter, from its headers; `undefined` for any other task. */
export function deadLetterFacts(
  { engine, secretNames }: Pick<InspectParts, "engine" | "secretNames">,
  { record, queue }: EngineTask,
): DeadLetterFactsJson | undefined {
  const headers = record.isDeadLetter ? engine.store.requestOf(record)?.headers : undefined;
  if (!headers) return undefined;
  const facts = letterHeaders(headers);
  if (!facts) return undefined;
  const { reason = "", message, attempts, firstMs, lastMs, homeQueue, originalId } = facts;
  return {
    reason,
    ...definedFields({
      message: message && maskText(message, new HiddenValues(secretNames)),
      attempts,
      firstTime: timeOrNone(firstMs),
      lastTime: timeOrNone(lastMs),
      homeQueue: homeQueue && siblingQueue(queue.record.name, homeQueue),
      originalId,
    }),
  };
}

/** Reads the headers of a dead letter, in upper or lower case; `undefined` for any other task. */
export function letterHeaders(headers: Readonly<Record<string, string>>): ReturnType<typeof readDeadLetterHeaders> {
  const values = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return readDeadLetterHeaders((name) => values.get(name.toLowerCase()));
}

/** Returns the full name of a home queue, which is in the same location. */
export function siblingQueue(queue: string, home: string): string {
  return home.includes("/") ? home : `${queue.slice(0, queue.lastIndexOf("/"))}/${home}`;
}
