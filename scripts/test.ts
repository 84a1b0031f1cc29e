/**
 * Runs all checks: style and laws, the build, the installation of compat/, types, dead code, and all tests, including those of the
 * built output. With `--clients` it also runs Google's clients in other languages. Every stage runs, even if an earlier one failed.
 * The packages of compat/ are installed during the first checks. The last line prints the counts.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

type Stage = readonly [title: string, command: string, ...args: readonly string[]];

/** Runs commands one after the other. Each passes or fails as a whole, and its output is printed when it ends. */
async function inOrder(stages: readonly Stage[]): Promise<readonly Counts[]> {
  const results: Counts[] = [];
  for (const [title, command, ...args] of stages) {
    const seconds = stopwatch();
    const { output, passed } = await runCommand(command, args);
    console.log(`\n── ${title}\n${output}   ${title}: ${passed ? "ok" : "failed"}, ${seconds()} s`);
    results.push({ passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 });
  }
  return results;
}

/** Starts to measure. Returns a function that returns the seconds since then. */
function stopwatch(): () => string {
  const startedAt = performance.now();
  return () => ((performance.now() - startedAt) / 1000).toFixed(1);
}

function runCommand(command: string, args: readonly string[]): Promise<{ output: string; passed: boolean }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    const end = (passed: boolean): void => resolve({ output: Buffer.concat(chunks).toString(), passed });
    child.on("close", (status) => end(status === 0));
    child.on("error", (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      end(false);
    });
  });
}

/** Runs the tests, and takes the counts from their report. A run without a report counts as failed. */
function tests(): Counts {
  console.log("\n── tests");
  const seconds = stopwatch();
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
  console.log(`   tests: ${seconds()} s`);
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
  const seconds = stopwatch();
  const { stdout } = spawnSync("tsx", ["scripts/clients.ts", "python", "go", "java", "gcloud"], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  console.log(`${stdout}   clients: ${seconds()} s`);
  const [, passed = 0, failed = 1, skipped = 0] = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(stdout) ?? [];
  return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
}

const seconds = stopwatch();
const generated = await inOrder([["generated code", "npm", "run", "--silent", "generate"]]);
const built = inOrder([["build", "npm", "run", "--silent", "build"]]);

/** The checks of the sources. */
async function checks(): Promise<readonly Counts[]> {
  await built;
  return inOrder([
    ["types", "tsc", "--noEmit"],
    ["style and laws", "biome", "check", "--error-on-warnings", "."],
    ["English", "tsx", "scripts/words.ts"],
    ["dead code", "knip", "--no-progress"],
  ]);
}

/** Installs compat/, and checks it when the packages are built. */
async function compat(): Promise<readonly Counts[]> {
  const installed = await inOrder([["packages of compat", "tsx", "scripts/compat.ts", "--install"]]);
  await built;
  const checked = await inOrder([
    ["compat", "tsx", "scripts/compat.ts"],
    // A separate project, so `npm run check` also works before compat/ is installed.
    ["types of compat", "tsc", "--noEmit", "-p", "compat"],
  ]);
  return [...installed, ...checked];
}

const results = [
  ...generated,
  ...(await Promise.all([built, checks(), compat()])).flat(),
  tests(),
  ...(process.argv.includes("--clients") ? [clients()] : []),
];
const sum = (pick: (counts: Counts) => number): number => results.reduce((total, counts) => total + pick(counts), 0);
const [passed, failed, skipped] = [sum((c) => c.passed), sum((c) => c.failed), sum((c) => c.skipped)];
console.log(`\nall stages: ${seconds()} s`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 ? 1 : 0;
