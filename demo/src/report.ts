import type { Check } from "./check.ts";
import type { ObservedDelivery } from "./delivery-log.ts";
import { elapsedSeconds, log, paint, print } from "./output.ts";
import type { FinishedScenario, Results } from "./run-scenarios.ts";

const HEADER = { name: "", expected: "expected", actual: "actual" };

export function printIntroduction(emulatorUrl: string, workerUrl: string): void {
  print(paint("bold", "cloudtask: typed tasks on Google Cloud Tasks"));
  print(`The Cloud Tasks emulator listens on ${paint("cyan", emulatorUrl)}`);
  print(`and delivers tasks to an Express app at ${paint("cyan", workerUrl)}.`);
  print(`The tasks are defined in ${paint("cyan", "demo/src/tasks.ts")}.`);
}

/**
 * Prints the checks of all scenarios, then the figures.
 *
 * @returns `true` if every check passed
 */
export function printReport({ scenarios, figures }: Results, deliveries: readonly ObservedDelivery[]): boolean {
  log.heading("Results");
  printChecks(scenarios);
  log.heading("Figures (client, emulator and worker share this one process)");
  printFigures({
    ...figures,
    "attempts in total": deliveries.length.toLocaleString("en-US"),
    "total run time": `${elapsedSeconds().toFixed(1)} s`,
  });
  return printSummary(scenarios);
}

function printChecks(scenarios: readonly FinishedScenario[]): void {
  const rows = [HEADER, ...scenarios.flatMap(({ checks }) => checks)];
  const width = (column: keyof typeof HEADER): number => Math.max(...rows.map((row) => row[column].length));
  const [name, expected, actual] = [width("name"), width("expected"), width("actual")];
  const cells = (row: typeof HEADER): string =>
    `     ${row.name.padEnd(name)}  ${row.expected.padEnd(expected)}  ${row.actual.padEnd(actual)}`;

  print(paint("dim", cells(HEADER).trimEnd()));
  for (const [index, { title, checks }] of scenarios.entries()) {
    print(`  ${index + 1}  ${paint("bold", title)}`);
    for (const row of checks) print(`${cells(row)}  ${verdict(row)}`);
  }
}

function printFigures(figures: Readonly<Record<string, string>>): void {
  const entries = Object.entries(figures);
  const name = Math.max(...entries.map(([name]) => name.length));
  const value = Math.max(...entries.map(([, value]) => value.length));
  for (const entry of entries) print(`     ${entry[0].padEnd(name)}  ${paint("bold", entry[1].padStart(value))}`);
}

function printSummary(scenarios: readonly FinishedScenario[]): boolean {
  const all = scenarios.flatMap(({ title, checks }) => checks.map((check) => ({ ...check, title })));
  const failed = all.filter(({ passed }) => !passed);
  print();
  for (const { title, name, expected, actual } of failed) {
    print(paint("red", `✗ ${title}: ${name}: expected ${expected}, received ${actual}`));
  }
  if (failed.length === 0) print(paint("green", `✓ All ${all.length} checks passed.`));
  else print(paint("red", `${failed.length} of ${all.length} checks failed.`));
  return failed.length === 0;
}

function verdict({ passed }: Check): string {
  return passed ? paint("green", "✓ passed") : paint("red", "✗ failed");
}
