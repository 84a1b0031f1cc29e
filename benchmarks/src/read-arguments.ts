import { parseArgs } from "node:util";
import { benchmarks, longBenchmarks } from "./list.ts";

/** The arguments of `npm run bench`. */
export interface BenchArguments {
  readonly names: readonly string[];
  readonly rounds: number | undefined;
  /** Rough figures, not stored. */
  readonly isQuick: boolean;
}

const HELP = `npm run bench -- [NAME …] [options]

Runs benchmarks with their peers in the same run, prints a table of each, and stores it in benchmarks/results.

Names: ${Object.keys(benchmarks).join(", ")}
Without a name, all run except ${[...longBenchmarks].join(", ")}, which takes many minutes.

  --quick      rough figures in a fraction of the time, not stored
  --rounds N   the number of interleaved rounds
  --long       also run the benchmarks that take many minutes
  --help       show this text

npm run bench:page makes docs/performance.md from the stored figures.`;

/** Reads the arguments. Returns the text of the help if they request it. */
export function readArguments(args: readonly string[]): BenchArguments | string {
  const { values, positionals } = parse(args);
  if (values.help) return HELP;
  const unknown = positionals.filter((name) => !Object.hasOwn(benchmarks, name));
  if (unknown.length > 0) {
    throw new Error(`unknown benchmark ${unknown.join(", ")}; expected ${Object.keys(benchmarks).join(", ")}`);
  }
  const all = Object.keys(benchmarks).filter((name) => values.long || !longBenchmarks.has(name));
  return {
    names: positionals.length > 0 ? positionals : all,
    rounds: readRounds(values.rounds),
    isQuick: values.quick,
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      long: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      rounds: { type: "string" },
    },
    allowPositionals: true,
  });
}

function readRounds(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const rounds = Number(value);
  if (Number.isInteger(rounds) && rounds > 0) return rounds;
  throw new Error(`--rounds must be a positive integer, received ${value}`);
}
