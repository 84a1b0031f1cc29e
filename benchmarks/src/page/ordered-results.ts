import { type Result, readResults } from "../harness/result.ts";
import { benchmarks } from "../list.ts";

/** Reads the stored results, in the order of the list of benchmarks. */
export function orderedResults(): readonly Result[] {
  const order = Object.keys(benchmarks);
  return readResults().toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}
