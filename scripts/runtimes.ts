/**
 * Runs the tests of the packages on the Node versions that are installed in compat/, and prints a table of the results.
 * compat/runtimes tests Bun, Deno and Cloudflare Workers.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const VERSIONS = ["node-22", "node-24"];
const SUITES = ["packages/cloudtask", "packages/emulator"];

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A run without a report counts as failed. */
function countsIn(report: string, status: number | null): Counts {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, "utf8"));
  // A file that fails to load makes the run fail without a failed test.
  const failed = numFailedTests + (status !== 0 && numFailedTests === 0 ? 1 : 0);
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
}

function run(folder: string, suite: string): Counts {
  const temporary = mkdtempSync(join(tmpdir(), "cloudtask-runtimes-"));
  const report = join(temporary, "report.json");
  const vitest = ["node_modules/vitest/vitest.mjs", "run", `${suite}/`, "--reporter=dot", "--reporter=json"];
  // Child processes of the tests use this version too.
  const env = { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) };
  const { status } = spawnSync(join(folder, "node"), [...vitest, `--outputFile.json=${report}`], {
    env,
    stdio: "inherit",
  });
  const counts = countsIn(report, status);
  rmSync(temporary, { recursive: true });
  return counts;
}

const rows: string[][] = [["", ...SUITES]];
for (const version of VERSIONS) {
  const folder = resolve("compat/node_modules", version, "bin");
  if (!existsSync(join(folder, "node"))) {
    rows.push([version, ...SUITES.map(() => "not installed; run `npm run compat`")]);
    continue;
  }
  const counts = SUITES.map((suite) => run(folder, suite));
  if (counts.some(({ failed }) => failed > 0)) process.exitCode = 1;
  rows.push([
    version,
    ...counts.map((each) => `${each.passed} passed, ${each.failed} failed, ${each.skipped} skipped`),
  ]);
}
const width = Math.max(...rows.flat().map(({ length }) => length));
for (const row of rows)
  console.log(
    row
      .map((cell) => cell.padEnd(width))
      .join("  ")
      .trimEnd(),
  );
