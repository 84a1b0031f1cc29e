/**
 * Compares emulators: creates per second over gRPC and REST, deliveries per second, latency, CPU, memory and start time.
 * Runs interleaved rounds. Each emulator and the target of the deliveries have processes of their own.
 *
 *     npm run delivery -w @cloudtask/benchmarks -- 10000 --rounds 3 --only memory,disk,go,rust,python
 */
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { measureCeiling } from "./measure-ceiling.ts";
import { CONCURRENCY, LIGHT_PER_SECOND, measureRound, QUEUES, type Round } from "./measure-round.ts";
import { findInMemory, findOnDisk } from "./peers/cloudtask.ts";
import { findGo } from "./peers/go.ts";
import type { FindEmulator } from "./peers/peer.ts";
import { findPython } from "./peers/python.ts";
import { findRust } from "./peers/rust.ts";
import { type Measured, printTable } from "./print-table.ts";
import { Target } from "./target.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, only: { type: "string" } },
  allowPositionals: true,
});
const sources: Readonly<Record<string, FindEmulator>> = {
  memory: findInMemory,
  go: findGo,
  disk: findOnDisk,
  rust: findRust,
  python: findPython,
};
const selected = values.only?.split(",") ?? Object.keys(sources);
const count = Number(positionals[0] ?? 10_000);
const rounds = Number(values.rounds);

/** Compiles the child processes to JavaScript first, so no compiler is measured. */
async function buildProcesses(): Promise<void> {
  await build({
    entryPoints: ["emulator-process", "noop-process", "target-process"].map((name) => here(`./${name}.ts`)),
    outdir: here("../../dist/delivery"),
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
  });
}

async function findAll(): Promise<Measured[]> {
  const found: Measured[] = [];
  for (const key of selected) {
    const find = sources[key] ?? (async () => `unknown; expected ${Object.keys(sources).join(", ")}`);
    const peer = await find().catch((error: Error) => `the build failed: ${error.message}`);
    if (typeof peer === "string") console.log(`Skipped: ${key}: ${peer}`);
    else found.push({ peer, rounds: [] });
  }
  return found;
}

async function measureAll(target: Target): Promise<Measured[]> {
  const all = (await findAll()).map((measured) => ({ ...measured, rounds: [] as Round[] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const measured of all) {
      console.error(`round ${round} of ${rounds}: ${measured.peer.name}`);
      await measureRound(measured.peer, target, count).then(
        (result) => measured.rounds.push(result),
        (error: unknown) => console.log(`Failed: ${measured.peer.name}: ${error}`),
      );
    }
  }
  return all;
}

const load = loadavg()[0] ?? 0;
await buildProcesses();
const target = await Target.start(here("../../dist/delivery/target-process.js"));
try {
  const measured = await measureAll(target);
  const ceiling = await measureCeiling(here("../../dist/delivery/noop-process.js"), target, count);
  printTable(measured);
  console.log("");
  for (const { peer } of measured) {
    console.log(
      `${peer.name}: ${peer.version}${peer.maxTasks === undefined ? "" : `; at most ${peer.maxTasks} tasks`}`,
    );
  }
  console.log(`
Medians of ${rounds} interleaved rounds: ${count} tasks over ${QUEUES} queues at 500/s, ${CONCURRENCY} callers. µs: CPU time of the emulator's process.
Latency: from sending a create over gRPC, at ${LIGHT_PER_SECOND}/s, to the arrival of its delivery. CPU s, peak MiB: after all gRPC measurements.
≥: the load generator or the target was the bottleneck, so the emulator may be faster. Without an emulator between them
they reach ${ceiling.grpc.toFixed(0)} gRPC calls/s and ${ceiling.http.toFixed(0)} HTTP requests/s.
Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; load average ${load.toFixed(1)} before, ${loadavg()[0]?.toFixed(1)} after.`);
} finally {
  target.stop();
}
