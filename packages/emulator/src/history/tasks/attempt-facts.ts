import type { AttemptFinished } from "../../emulator-events.ts";

/** The facts of a finished attempt that its task is listed and counted by. The whole attempt takes ten times as much memory. */
export type AttemptFacts = Pick<
  AttemptFinished,
  "id" | "queue" | "sequence" | "definition" | "createdAt" | "at" | "outcome" | "discarded" | "status"
>;

/**
 * Returns the facts without the rest of the attempt.
 *
 * @param sharedName - returns the same string for equal names
 */
export function attemptFacts(
  { id, queue, sequence, definition, createdAt, at, outcome, discarded, status }: AttemptFacts,
  sharedName: (name: string) => string = (name) => name,
): AttemptFacts {
  return {
    id,
    queue: sharedName(queue),
    sequence,
    definition: definition && sharedName(definition),
    createdAt,
    at,
    outcome,
    discarded,
    status,
  };
}
