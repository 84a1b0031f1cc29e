/**
 * What an emulator with a data directory costs at size: time per create, memory per task, the time to start again, to purge and
 * to delete a queue; and creates per second by callers that wait for each of theirs to be on disk. First of engine and store
 * alone, then of a whole emulator behind HTTP; every phase in a process of its own.
 *
 *     npm run emulator -w @cloudtask/benchmarks -- --tasks 1000000 --creates 20000 --api 100000
 */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { build } from "esbuild";
import { measureApi } from "./measure-api.ts";

interface Filled {
  readonly costs: readonly { readonly size: number; readonly us: number; readonly cpuUs: number }[];
  readonly bytes: number;
}

interface Restarted {
  readonly ms: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

interface Called {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

interface Removed {
  readonly callMs: number;
  readonly safeMs: number;
  readonly stallMs: number;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: "1000000" },
    creates: { type: "string", default: "20000" },
    api: { type: "string", default: "100000" },
  },
});
const { tasks, creates, api } = values;
const home = mkdtempSync(join(tmpdir(), "cloudtask-scale-"));
const full = join(home, "full");

async function run<T>(phase: string, ...args: readonly string[]): Promise<T> {
  const script = here("../../dist/emulator-scale/phase-process.js");
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script, phase, ...args]);
  return JSON.parse(stdout) as T;
}

/** A phase on a copy of the directory with all the tasks. */
async function onCopy<T>(phase: string): Promise<T> {
  const copy = join(home, phase);
  cpSync(full, copy, { recursive: true });
  const result = await run<T>(phase, copy, tasks);
  rmSync(copy, { recursive: true });
  return result;
}

async function report(): Promise<void> {
  const { costs, bytes } = await run<Filled>("fill", full, tasks);
  console.log("creating, in groups of 100 that are waited for");
  for (const { size, us, cpuUs } of costs) {
    console.log(`  to ${String(size).padStart(9)} tasks: ${us.toFixed(1)} µs each, ${cpuUs.toFixed(1)} µs of it CPU`);
  }
  const megabytes = statSync(join(full, "emulator.db")).size / 1e6;
  console.log(`memory: ${bytes.toFixed(0)} bytes of RSS per task; database: ${megabytes.toFixed(0)} MB`);
  const again = await run<Restarted>("restart", full, tasks);
  console.log(
    `starting again: ${(again.ms / 1000).toFixed(1)} s, ${(again.cpuMs / 1000).toFixed(1)} s of it CPU; ` +
      `${again.bytes.toFixed(0)} bytes of RSS per task`,
  );
  for (const [what, phase] of [
    ["purging the queue", "purge"] as const,
    ["deleting the queue", "deleteQueue"] as const,
  ]) {
    const { callMs, safeMs, stallMs } = await onCopy<Removed>(phase);
    console.log(
      `${what}: the call ${callMs.toFixed(0)} ms, on disk after ${safeMs.toFixed(0)} ms; ` +
        `longest stall while the rows are cleared away: ${stallMs.toFixed(0)} ms`,
    );
  }
  for (const callers of ["1", "32", "256"]) {
    const { perSecond, p50, p99 } = await run<Called>("callers", join(home, `callers-${callers}`), creates, callers);
    console.log(
      `${callers.padStart(3)} callers at a time: ${perSecond.toFixed(0)} creates/s; ` +
        `one takes ${p50.toFixed(2)} ms, the slowest of a hundred ${p99.toFixed(2)} ms`,
    );
  }
  const { perSecond, p50, p99, bytes: apiBytes, restartMs } = await measureApi(join(home, "api"), Number(api));
  console.log(
    `${api} creates through REST, 32 at a time: ${perSecond.toFixed(0)} creates/s; one takes ${p50.toFixed(2)} ms, the slowest ` +
      `of a hundred ${p99.toFixed(2)} ms; ${apiBytes.toFixed(0)} bytes of RSS per task; ` +
      `starting again ${(restartMs / 1000).toFixed(1)} s`,
  );
  console.log(`\nNode ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`);
}

await build({
  entryPoints: [here("./phase-process.ts")],
  outdir: here("../../dist/emulator-scale"),
  bundle: true,
  platform: "node",
  format: "esm",
  external: ["libsql"],
});
try {
  await report();
} finally {
  rmSync(home, { recursive: true, force: true });
}
