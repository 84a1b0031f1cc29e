/**
 * Follows the quick starts as a new user does, in an empty folder outside this repository: installs from the registry, with this
 * repository's packages from tarballs, writes the files and runs the commands. `tsx scripts/quick-starts.ts [name…]`, by default
 * all of them. Not a part of the tests, because it takes minutes and needs the registry.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { errorMessage } from "cloudtask/internal";
import {
  onFreePorts,
  type QuickStart,
  quickStarts,
  readQuickStart,
  runCommands,
  writeFiles,
} from "../test/support/quick-start.ts";
import { publishedPackages } from "./packages.ts";

const INSTALL_TIMEOUT_MS = 300_000;
const RUN_TIMEOUT_MS = 60_000;

interface Result {
  readonly name: string;
  readonly installSeconds: number;
  readonly runSeconds: number;
  /** The reason of the failure; empty after a success. */
  readonly problem: string;
}

/** Packs this repository's packages. Returns the path of each tarball. */
function pack(folder: string): ReadonlyMap<string, string> {
  const tarballs = new Map<string, string>();
  for (const { name, folder: source, path } of publishedPackages()) {
    const destination = join(folder, source);
    mkdirSync(destination, { recursive: true });
    execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", destination], { cwd: path });
    tarballs.set(name, join(destination, readdirSync(destination)[0] ?? ""));
  }
  return tarballs;
}

/** Creates a folder with the programs, besides Node and npm, that the pages expect to be installed. */
function programs(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ["bun", "deno"]) symlinkSync(resolve("compat/node_modules/.bin", name), join(folder, name));
  return folder;
}

/** Without overrides, Bun would take the packages' dependencies on each other from the registry. */
function overrideForBun(folder: string, tarballs: ReadonlyMap<string, string>): void {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ overrides: Object.fromEntries(tarballs) }));
}

function install(
  steps: QuickStart,
  folder: string,
  tarballs: ReadonlyMap<string, string>,
  env: NodeJS.ProcessEnv,
): void {
  if (steps.install[0]?.startsWith("bun ")) overrideForBun(folder, tarballs);
  for (const command of steps.install) {
    const localCommand = command
      .split(" ")
      .map((word) => tarballs.get(word) ?? word)
      .join(" ");
    const { status, stdout, stderr } = spawnSync("sh", ["-c", localCommand], {
      cwd: folder,
      env,
      encoding: "utf8",
      timeout: INSTALL_TIMEOUT_MS,
    });
    if (status !== 0) throw new Error(`${command}\n${stdout}\n${stderr}`);
  }
}

async function follow(name: string, tarballs: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), `cloudtask-${name}-`));
  const startMs = performance.now();
  let installedMs = startMs;
  const done = (problem: string): Result => ({
    name,
    installSeconds: (installedMs - startMs) / 1000,
    runSeconds: (performance.now() - installedMs) / 1000,
    problem,
  });
  try {
    const steps = await onFreePorts(await readQuickStart(name));
    install(steps, folder, tarballs, env);
    installedMs = performance.now();
    await writeFiles(folder, steps);
    const running = runCommands(steps.run, folder, env);
    try {
      await running.printed(steps.prints, RUN_TIMEOUT_MS);
    } finally {
      await running.stop();
    }
    return done("");
  } catch (error) {
    return done(errorMessage(error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const available = await quickStarts();
const selected = process.argv.length > 2 ? process.argv.slice(2) : available;
const unknown = selected.filter((name) => !available.includes(name));
if (unknown.length > 0) throw new TypeError(`expected any of ${available.join(", ")}, received ${unknown.join(", ")}`);

const temporary = mkdtempSync(join(tmpdir(), "cloudtask-quick-starts-"));
const tarballs = pack(temporary);
const { NODE_OPTIONS: _, NODE_ENV: __, ...clean } = process.env;
const path = [programs(join(temporary, "bin")), process.env.PATH].join(delimiter);
const results: Result[] = [];
console.log("| quick start | installed in | delivered in | |\n|---|---|---|---|");
for (const name of selected) {
  const result = await follow(name, tarballs, { ...clean, PATH: path });
  results.push(result);
  const [installed, ran] = [result.installSeconds, result.runSeconds].map((seconds) => `${seconds.toFixed(1)} s`);
  console.log(`| ${name} | ${installed} | ${ran} | ${result.problem === "" ? "delivered" : "failed"} |`);
}
rmSync(temporary, { recursive: true });
const failed = results.filter(({ problem }) => problem !== "");
for (const { name, problem } of failed) console.log(`\n${name}: ${problem}`);
console.log(`\n${results.length - failed.length} delivered, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
