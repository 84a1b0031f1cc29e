/**
 * Follows the quick starts as a newcomer does, in an empty folder far from this repository: their own installation, with our
 * three packages taken from tarballs of the built ones; their files, commands and request. `tsx scripts/quick-starts.ts
 * [name…]`, all of them where none is named. Takes minutes and the registry, so it is no part of the tests.
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

interface Followed {
  readonly name: string;
  readonly installSeconds: number;
  readonly runSeconds: number;
  /** Why it failed; empty where it did not. */
  readonly problem: string;
}

/** Packs ours. */
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

/** A folder with the programs that the pages take for granted, beside Node and npm. */
function programs(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ["bun", "deno"]) symlinkSync(resolve("compat/node_modules/.bin", name), join(folder, name));
  return folder;
}

/** Bun looks for what ours need of each other in the registry, unless it is told otherwise. */
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
    const ours = command
      .split(" ")
      .map((word) => tarballs.get(word) ?? word)
      .join(" ");
    const { status, stdout, stderr } = spawnSync("sh", ["-c", ours], {
      cwd: folder,
      env,
      encoding: "utf8",
      timeout: INSTALL_TIMEOUT_MS,
    });
    if (status !== 0) throw new Error(`${command}\n${stdout}\n${stderr}`);
  }
}

async function follow(name: string, tarballs: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv): Promise<Followed> {
  const folder = mkdtempSync(join(tmpdir(), `cloudtask-${name}-`));
  const startMs = performance.now();
  let installedMs = startMs;
  const done = (problem: string): Followed => ({
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

const known = await quickStarts();
const wanted = process.argv.length > 2 ? process.argv.slice(2) : known;
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new TypeError(`expected any of ${known.join(", ")}; received ${unknown.join(", ")}`);

const temporary = mkdtempSync(join(tmpdir(), "cloudtask-quick-starts-"));
const tarballs = pack(temporary);
const { NODE_OPTIONS: _, NODE_ENV: __, ...clean } = process.env;
const path = [programs(join(temporary, "bin")), process.env.PATH].join(delimiter);
const results: Followed[] = [];
console.log("| quick start | installed in | delivered in | |\n|---|---|---|---|");
for (const name of wanted) {
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
