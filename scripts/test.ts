/**
 * Runs all checks: style and laws, the build, the installation of compat/, types, dead code, and all tests, including those of the
 * built output. With `--clients` it also runs Google's clients in other languages. Every stage runs, even if an earlier one failed.
 * The last line prints the counts.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs a command, which passes or fails as a whole. */
function stage(title: string, command: string, ...args: readonly string[]): Counts {
  console.log(`\n── ${title}`);
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  const passed = status === 0;
  console.log(passed ? `   ${title}: ok` : `   ${title}: failed`);
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

/** Runs the tests, and takes the counts from their report. A run without a report counts as failed. */
function tests(): Counts {
  console.log("\n── tests");
  const folder = mkdtempSync(join(tmpdir(), "cloudtask-report-"));
  const report = join(folder, "report.json");
  const { status } = spawnSync(
    "vitest",
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    {
      stdio: "inherit",
      env: { ...process.env, TESTS_BUILT: "1" },
    },
  );
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, "utf8"));
    // A file that fails to load makes the run fail without a failed test.
    const failed = numFailedTests + (status !== 0 && numFailedTests === 0 ? 1 : 0);
    return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs clients in other languages, and gcloud. If a toolchain is not installed, its clients count as skipped. */
function clients(): Counts {
  console.log("\n── clients in other languages, and gcloud");
  const { stdout } = spawnSync("tsx", ["scripts/clients.ts", "python", "go", "java", "gcloud"], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  console.log(stdout);
  const [, passed = 0, failed = 1, skipped = 0] = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(stdout) ?? [];
  return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
}

const results = [
  stage("generated code", "npm", "run", "--silent", "generate"),
  stage("style and laws", "biome", "check", "--error-on-warnings", "."),
  stage("English", "tsx", "scripts/words.ts"),
  stage("build", "npm", "run", "--silent", "build"),
  stage("types", "tsc", "--noEmit"),
  stage("compat", "tsx", "scripts/compat.ts"),
  // A separate project, so `npm run check` also works before compat/ is installed.
  stage("types of compat", "tsc", "--noEmit", "-p", "compat"),
  stage("dead code", "knip", "--no-progress"),
  tests(),
  ...(process.argv.includes("--clients") ? [clients()] : []),
];
const sum = (pick: (counts: Counts) => number): number => results.reduce((total, counts) => total + pick(counts), 0);
const [passed, failed, skipped] = [sum((c) => c.passed), sum((c) => c.failed), sum((c) => c.skipped)];
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 ? 1 : 0;
