import { errorSummary } from "./error-summary.ts";

/** Settings of a run, and its progress messages. */
export interface RunContext {
  /** Fewer rounds and smaller loads: shows whether everything works, but the figures are rough. */
  readonly isQuick: boolean;
  /** The number of rounds on the command line, if there is one. */
  readonly rounds: number | undefined;
  /** Prints a line about the progress. */
  readonly progress: (text: string) => void;
}

/** Measures one subject in one round. */
export interface Subject<T> {
  readonly name: string;
  measure(): Promise<T>;
}

/** The measurements of all subjects. */
export interface Rounds<T> {
  /** For each subject, one measurement per round; `undefined` for a failed round. */
  readonly of: (name: string) => readonly (T | undefined)[];
  /** For each failure, the reason. */
  readonly failures: readonly string[];
}

/**
 * Measures the subjects one after the other, round by round, so a change of the machine's load affects all of them. Every second
 * round has the reverse order. If a subject fails, the others continue.
 *
 * @param rounds - the number of rounds; a quick run has 2, and the command line can set another
 */
export async function measureRounds<T>(
  { isQuick, rounds: requested, progress }: RunContext,
  rounds: number,
  subjects: readonly Subject<T>[],
): Promise<Rounds<T>> {
  const measured = new Map(subjects.map(({ name }) => [name, [] as (T | undefined)[]]));
  const failures = new Set<string>();
  const total = requested ?? (isQuick ? Math.min(rounds, 2) : rounds);
  for (let round = 1; round <= total; round += 1) {
    for (const { name, measure } of round % 2 === 1 ? subjects : subjects.toReversed()) {
      progress(`round ${round} of ${total}: ${name}`);
      const result = await measure().catch((error: unknown) => {
        failures.add(`${name}: ${errorSummary(error)}`);
        return undefined;
      });
      measured.get(name)?.push(result);
    }
  }
  return { of: (name) => measured.get(name) ?? [], failures: [...failures] };
}

/** Returns one number of each measurement, as the rounds of a row. */
export function pick<T>(measured: readonly (T | undefined)[], value: (measurement: T) => number): (number | null)[] {
  return measured.map((each) => {
    const number = each === undefined ? Number.NaN : value(each);
    return Number.isFinite(number) ? number : null;
  });
}
