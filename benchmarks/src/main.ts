/**
 * Runs benchmarks: prints a table of each, with its peers, and stores the figures in `benchmarks/results/NAME.json`.
 *
 *     npm run bench                          all but the long ones
 *     npm run bench -- push delivery         some of them
 *     npm run bench -- push --quick          rough figures, not stored
 */
import { parseArgs } from "node:util";
import type { Benchmark } from "./harness/benchmark.ts";
import { buildPackages } from "./harness/built-packages.ts";
import { errorSummary } from "./harness/error-summary.ts";
import { currentCommit, currentLoad, thisMachine } from "./harness/machine.ts";
import { resultText } from "./harness/print-result.ts";
import { type Result, saveResult } from "./harness/result.ts";
import type { RunContext } from "./harness/run-context.ts";
import { benchmarks, longBenchmarks } from "./list.ts";

const { values, positionals } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    long: { type: "boolean", default: false },
    rounds: { type: "string" },
  },
  allowPositionals: true,
});

function selectedNames(): readonly string[] {
  const unknown = positionals.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) {
    throw new Error(`unknown benchmark ${unknown.join(", ")}; expected ${Object.keys(benchmarks).join(", ")}`);
  }
  if (positionals.length > 0) return positionals;
  return Object.keys(benchmarks).filter((name) => values.long || !longBenchmarks.has(name));
}

function requestedRounds(): number | undefined {
  if (values.rounds === undefined) return undefined;
  const rounds = Number(values.rounds);
  if (Number.isInteger(rounds) && rounds > 0) return rounds;
  throw new Error(`--rounds must be a positive integer, received ${values.rounds}`);
}

async function run({ name, title, summary, run }: Benchmark, context: RunContext): Promise<Result> {
  const loadBefore = currentLoad();
  const startedAt = performance.now();
  const findings = await run(context);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const date = new Date().toISOString().slice(0, 10);
  const machine = thisMachine(loadBefore);
  return { name, title, summary, date, seconds, commit: currentCommit(), machine, ...findings };
}

async function runAll(names: readonly string[], rounds: number | undefined): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const [index, name] of names.entries()) {
    const progress = (text: string): void => console.error(`[${index + 1}/${names.length} ${name}] ${text}`);
    try {
      const { benchmark } = (await benchmarks[name]?.()) ?? {};
      if (benchmark === undefined) continue;
      const result = await run(benchmark, { isQuick: values.quick, rounds, progress });
      console.log(resultText(result));
      if (!values.quick) console.log(`Stored in ${saveResult(result)}`);
    } catch (error) {
      failed.push(`${name}: ${errorSummary(error)}`);
      console.error(error);
    }
  }
  return failed;
}

const names = selectedNames();
const rounds = requestedRounds();
buildPackages(console.error);
const failed = await runAll(names, rounds);
if (failed.length > 0) {
  console.error(`\nFailed:\n${failed.join("\n")}`);
  process.exitCode = 1;
}
