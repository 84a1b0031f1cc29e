import type { SeenDelivery } from "./delivery-log.ts";
import type { Expectation } from "./expectation.ts";
import { elapsedSeconds, log, paint, print } from "./output.ts";
import type { Played, PlayedScenario } from "./play.ts";

const HEAD = { what: "", expected: "expected", seen: "seen" };

export function printIntroduction(emulatorUrl: string, workerUrl: string): void {
  print(paint("bold", "cloudtask: typed tasks on Google Cloud Tasks"));
  print(`The emulator of Cloud Tasks listens at ${paint("cyan", emulatorUrl)},`);
  print(`and delivers to an Express app at ${paint("cyan", workerUrl)}.`);
  print(`The tasks are those of ${paint("cyan", "demo/src/tasks.ts")}.`);
}

/**
 * Prints what was expected beside what was seen, then the figures.
 *
 * @returns whether every expectation held
 */
export function printReport({ scenarios, figures }: Played, deliveries: readonly SeenDelivery[]): boolean {
  log.heading("What was expected, and what was seen");
  printExpectations(scenarios);
  log.heading("Figures, with the client, the emulator and the worker in this one process");
  printFigures({
    ...figures,
    "attempts in all": deliveries.length.toLocaleString("en-US"),
    "the whole demo": `${elapsedSeconds().toFixed(1)} s`,
  });
  return printVerdict(scenarios);
}

function printExpectations(scenarios: readonly PlayedScenario[]): void {
  const rows = [HEAD, ...scenarios.flatMap(({ expectations }) => expectations)];
  const width = (column: keyof typeof HEAD): number => Math.max(...rows.map((row) => row[column].length));
  const [what, expected, seen] = [width("what"), width("expected"), width("seen")];
  const cells = (row: typeof HEAD): string =>
    `     ${row.what.padEnd(what)}  ${row.expected.padEnd(expected)}  ${row.seen.padEnd(seen)}`;

  print(paint("dim", cells(HEAD).trimEnd()));
  for (const [index, { title, expectations }] of scenarios.entries()) {
    print(`  ${index + 1}  ${paint("bold", title)}`);
    for (const row of expectations) print(`${cells(row)}  ${verdict(row)}`);
  }
}

function printFigures(figures: Readonly<Record<string, string>>): void {
  const entries = Object.entries(figures);
  const name = Math.max(...entries.map(([name]) => name.length));
  const value = Math.max(...entries.map(([, value]) => value.length));
  for (const entry of entries) print(`     ${entry[0].padEnd(name)}  ${paint("bold", entry[1].padStart(value))}`);
}

function printVerdict(scenarios: readonly PlayedScenario[]): boolean {
  const all = scenarios.flatMap(({ title, expectations }) => expectations.map((each) => ({ ...each, title })));
  const failed = all.filter(({ held }) => !held);
  print();
  for (const { title, what, expected, seen } of failed) {
    print(paint("red", `✗ ${title}: ${what}: expected ${expected}, seen ${seen}`));
  }
  if (failed.length === 0) print(paint("green", `✓ All ${all.length} expectations held.`));
  else print(paint("red", `${failed.length} of ${all.length} expectations did not hold.`));
  return failed.length === 0;
}

function verdict({ held }: Expectation): string {
  return held ? paint("green", "✓ held") : paint("red", "✗ not held");
}
