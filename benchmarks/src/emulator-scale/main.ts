/**
 * Measures an emulator with a data directory and many tasks: time per create, memory per task, the time to restart, to purge and
 * to delete a queue, and creates per second of callers that wait until their task is on disk. Measures engine and store on their
 * own first, then a complete emulator behind HTTP. Every phase has its own process.
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

interface FillResult {
  readonly costs: readonly { readonly size: number; readonly us: number; readonly cpuUs: number }[];
  readonly bytes: number;
}

interface RestartResult {
  readonly ms: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

interface CallersResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

interface RemovalResult {
  readonly callMs: number;
  readonly flushedMs: number;
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

/** Runs a phase on a copy of the directory that contains all tasks. */
async function onCopy<T>(phase: string): Promise<T> {
  const copy = join(home, phase);
  cpSync(full, copy, { recursive: true });
  const result = await run<T>(phase, copy, tasks);
  rmSync(copy, { recursive: true });
  return result;
}

async function report(): Promise<void> {
  const { costs, bytes } = await run<FillResult>("fill", full, tasks);
  console.log("creating tasks, waiting after every 100");
  for (const { size, us, cpuUs } of costs) {
    console.log(
      `  up to ${String(size).padStart(9)} tasks: ${us.toFixed(1)} µs each, of which ${cpuUs.toFixed(1)} µs CPU`,
    );
  }
  const megabytes = statSync(join(full, "emulator.db")).size / 1e6;
  console.log(`memory: ${bytes.toFixed(0)} bytes of RSS per task; database: ${megabytes.toFixed(0)} MB`);
  const restarted = await run<RestartResult>("restart", full, tasks);
  console.log(
    `restart: ${(restarted.ms / 1000).toFixed(1)} s, of which ${(restarted.cpuMs / 1000).toFixed(1)} s CPU; ` +
      `${restarted.bytes.toFixed(0)} bytes of RSS per task`,
  );
  for (const [action, phase] of [
    ["purging the queue", "purge"] as const,
    ["deleting the queue", "deleteQueue"] as const,
  ]) {
    const { callMs, flushedMs, stallMs } = await onCopy<RemovalResult>(phase);
    console.log(
      `${action}: the call takes ${callMs.toFixed(0)} ms, on disk after ${flushedMs.toFixed(0)} ms; ` +
        `longest stall while the rows are deleted: ${stallMs.toFixed(0)} ms`,
    );
  }
  for (const callers of ["1", "32", "256"]) {
    const { perSecond, p50, p99 } = await run<CallersResult>(
      "callers",
      join(home, `callers-${callers}`),
      creates,
      callers,
    );
    console.log(
      `${callers.padStart(3)} concurrent callers: ${perSecond.toFixed(0)} creates/s; ` +
        `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
    );
  }
  const { perSecond, p50, p99, bytes: apiBytes, restartMs } = await measureApi(join(home, "api"), Number(api));
  console.log(
    `${api} creates over REST, 32 concurrent callers: ${perSecond.toFixed(0)} creates/s; p50 ${p50.toFixed(2)} ms, ` +
      `p99 ${p99.toFixed(2)} ms; ${apiBytes.toFixed(0)} bytes of RSS per task; ` +
      `restart ${(restartMs / 1000).toFixed(1)} s`,
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
