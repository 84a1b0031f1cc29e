import type { RunContext } from "./run-context.ts";

/** One benchmark: a folder of `benchmarks/src`, selected on the command line by its name. */
export interface Benchmark {
  readonly name: string;
  /** The heading of its section. */
  readonly title: string;
  /** States what is measured and how, in a few sentences. */
  readonly summary: string;
  run(context: RunContext): Promise<Findings>;
}

/** The result of one run of a benchmark. */
export interface Findings {
  readonly figures: readonly Figure[];
  readonly aims: readonly Aim[];
  /** Names of rows that are this project's, besides the first row of a figure. */
  readonly ours?: readonly string[];
  /** The version of each peer, by its name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Peers that were not measured, with the reason, and their faults. */
  readonly remarks: readonly string[];
}

/** One quantity, measured for several subjects in the same interleaved rounds. */
export interface Figure {
  /** Unique within its benchmark. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly Row[];
}

/** The rounds of one subject. */
export interface Row {
  readonly name: string;
  /** One value per round; `null` for a failed round. */
  readonly rounds: readonly (number | null)[];
  /** The load generator or the target was the bottleneck, so the subject may be better than its value. */
  readonly isBound?: boolean;
}

/** A limit for a row: for its ratio to another row, or for its value if there is no other row. */
export interface Aim {
  /** Unique among all benchmarks. The notes of unmet aims refer to it. */
  readonly id: string;
  readonly figure: string;
  readonly row: string;
  readonly against?: string;
  readonly max?: number;
  readonly min?: number;
}
