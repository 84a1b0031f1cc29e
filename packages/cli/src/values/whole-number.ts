import type { GivenFlags } from "../command-line/given-flags.ts";
import { argumentPosition } from "./position.ts";
import { integer } from "./readers.ts";

/** Reads an option that is a positive integer. @throws UsageError for another value */
export function positiveInteger(flags: GivenFlags, name: string): number | undefined {
  const text = flags.text(name);
  if (text === undefined) return undefined;
  return integer(1)(/^\d+$/.test(text) ? Number(text) : text, argumentPosition(flags.label(name)));
}
