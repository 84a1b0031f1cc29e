/** Runs benchmarks: prints a table of each, with its peers, and stores the figures in `benchmarks/results/NAME.json`. */
import type { Benchmark } from "./harness/benchmark.ts";
import { buildPackages } from "./harness/built-packages.ts";
import { errorSummary } from "./harness/error-summary.ts";
import { currentCommit, currentLoad, thisMachine } from "./harness/machine.ts";
import { resultText } from "./harness/print-result.ts";
import { type Result, saveResult } from "./harness/result.ts";
import type { RunContext } from "./harness/run-context.ts";
import { benchmarks } from "./list.ts";
import { type BenchArguments, readArguments } from "./read-arguments.ts";

async function run({ name, title, summary, run }: Benchmark, context: RunContext): Promise<Result> {
  const loadBefore = currentLoad();
  const startedAt = performance.now();
  const findings = await run(context);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const date = new Date().toISOString().slice(0, 10);
  const machine = thisMachine(loadBefore);
  return { name, title, summary, date, seconds, commit: currentCommit(), machine, ...findings };
}

/** Returns the failures. A benchmark that fails does not stop the others. */
async function runAll({ names, rounds, isQuick }: BenchArguments): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const [index, name] of names.entries()) {
    const progress = (text: string): void => console.error(`[${index + 1}/${names.length} ${name}] ${text}`);
    try {
      const { benchmark } = (await benchmarks[name]?.()) ?? {};
      if (benchmark === undefined) continue;
      const result = await run(benchmark, { isQuick, rounds, progress });
      console.log(resultText(result));
      if (!isQuick) console.log(`Stored in ${saveResult(result)}`);
    } catch (error) {
      failed.push(`${name}: ${errorSummary(error)}`);
      console.error(error);
    }
  }
  return failed;
}

async function main(args: readonly string[]): Promise<void> {
  const read = readArguments(args);
  if (typeof read === "string") return console.log(read);
  buildPackages(console.error);
  const failed = await runAll(read);
  if (failed.length > 0) throw new Error(`failed: ${failed.join("; ")}`);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
