/**
 * Runs the adapter tests and prints their results as a table: one row for each mount, that is framework, version and body
 * handling. Includes the tests in compat/ that run the adapter suite; run `npm run compat` first. Pass test files as arguments to
 * run only those.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADAPTER_CASES } from "../packages/cloudtask/test/adapters/cases/adapter-cases.ts";

interface Row {
  passed: number;
  failed: number;
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

const ARGUMENTS = process.argv.slice(2);
const FILES =
  ARGUMENTS.length > 0
    ? ARGUMENTS
    : ["packages/cloudtask/test/adapters/", "packages/nestjs/test/nest-adapter.test.ts", "compat/"];
const TITLES: ReadonlySet<string> = new Set(ADAPTER_CASES.map(({ title }) => title));

function report(): Report {
  const folder = mkdtempSync(join(tmpdir(), "cloudtask-adapters-"));
  const file = join(folder, "report.json");
  try {
    const args = ["run", "--reporter=dot", "--reporter=json", `--outputFile.json=${file}`, ...FILES];
    const env = { ...process.env, TESTS: "all" };
    spawnSync("vitest", args, { stdio: ["ignore", "inherit", "inherit"], env });
    return JSON.parse(readFileSync(file, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Titles of the suite have the form `mount: case`. Returns `undefined` for tests outside the suite. */
function mountOf(title: string): string | undefined {
  for (let at = title.indexOf(": "); at >= 0; at = title.indexOf(": ", at + 1)) {
    if (TITLES.has(title.slice(at + 2))) return title.slice(0, at);
  }
  return undefined;
}

function rowsOf({ testResults }: Report): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const { title, status } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    const mount = mountOf(title);
    if (mount === undefined) continue;
    const row = rows.get(mount) ?? { passed: 0, failed: 0 };
    rows.set(mount, row);
    if (status === "passed") row.passed += 1;
    else row.failed += 1;
  }
  return new Map([...rows].sort(([one], [other]) => one.localeCompare(other, "en", { numeric: true })));
}

function line(mount: string, ...cells: readonly (string | number)[]): string {
  return `${mount.padEnd(52)}${cells.map((cell) => String(cell).padStart(16)).join("")}`;
}

const rows = rowsOf(report());
const all = [...rows.values()];
const sum = (pick: (row: Row) => number): number => all.reduce((total, row) => total + pick(row), 0);
const notApplicable = ({ passed, failed }: Row): number => ADAPTER_CASES.length - passed - failed;

console.log(`\n${line("mount", "passed", "applicable", "not applicable")}`);
for (const [mount, row] of rows) console.log(line(mount, row.passed, row.passed + row.failed, notApplicable(row)));
const failed = sum((row) => row.failed);
const passed = sum((row) => row.passed);
console.log(line(`${rows.size} mounts of ${ADAPTER_CASES.length} cases`, passed, passed + failed, sum(notApplicable)));
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || rows.size === 0 ? 1 : 0;
