import type { AttemptFinished } from "../emulator-events.ts";

/** The result of an attempt. */
export type AttemptResultFacts = Pick<AttemptFinished, "outcome" | "discarded">;

/** The outcomes. Records contain their indexes. */
export const outcomes = ["succeeded", "retrying", "exhausted", "ignored"] as const;

/** The results by kind. */
const results: readonly AttemptResultFacts[] = outcomes.flatMap((outcome) => [
  { outcome },
  { outcome, discarded: true },
]);

/** Returns a small number for the result of an attempt, by which attempts are selected without reading them. */
export function kindOf({ outcome, discarded = false }: AttemptResultFacts): number {
  return 2 * outcomes.indexOf(outcome) + Number(discarded);
}

/** Returns the result of a kind. */
export function resultOf(kind: number): AttemptResultFacts {
  return results[kind] ?? { outcome: "ignored" };
}

/** Returns the kinds of the results that a function selects. */
export function kindsOf(isWanted: (result: AttemptResultFacts) => boolean): ReadonlySet<number> {
  return new Set(results.filter(isWanted).map(kindOf));
}
