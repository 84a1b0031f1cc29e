/**
 * Measures how fast many tasks are created: pushMany() in batches, single creates, a bare loop over node:http, and Google's client,
 * in interleaved rounds, against a minimal server and against the emulator. Each server has a process of its own.
 *
 *     npm run bulk -w @cloudtask/benchmarks -- --count 100000 --rounds 5 --server bare
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { build } from "esbuild";
import type { Measured } from "./rounds.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const servers: Readonly<Record<string, string>> = { bare: "bare-server", emulator: "emulator-server" };
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100000" },
    rounds: { type: "string", default: "5" },
    server: { type: "string", default: "bare,emulator" },
  },
});

/** Compiles everything to JavaScript first, cloudtask in one file as it is published, so no compiler is measured. */
async function buildAll(): Promise<void> {
  await build({
    entryPoints: ["rounds", ...Object.values(servers)].map((name) => here(`./${name}.ts`)),
    outdir: here("../../dist/bulk"),
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
  });
}

async function start(name: string): Promise<{ server: ChildProcess; port: string }> {
  const server = spawn(process.execPath, [here(`../../dist/bulk/${name}.js`)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = await once(server.stdout, "data");
  return { server, port: String(port).trim() };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function printTable(measured: readonly Measured[]): void {
  const figures = measured.map(({ name, count, rounds }) => {
    const [perSecond, cpuUs] = [rounds.map((round) => round.perSecond), rounds.map((round) => round.cpuUs)].map(median);
    return { name, count, perSecond: perSecond ?? Number.NaN, cpuUs: cpuUs ?? Number.NaN };
  });
  const [batches] = figures;
  const rows = figures.map(({ name, count, perSecond, cpuUs }) => [
    name,
    String(count),
    perSecond.toFixed(0),
    cpuUs.toFixed(1),
    `${((batches?.perSecond ?? 0) / perSecond).toFixed(1)}×`,
    `${(cpuUs / (batches?.cpuUs ?? 0)).toFixed(1)}×`,
  ]);
  const table = [["", "tasks", "tasks/s", "CPU µs/task", "pushMany() is", "and needs CPU /"], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const [name = "", ...cells] of table) {
    console.log(
      [name.padEnd(widths[0] ?? 0), ...cells.map((cell, at) => cell.padStart(widths[at + 1] ?? 0))].join("   "),
    );
  }
}

await buildAll();
for (const key of values.server.split(",")) {
  const { server, port } = await start(servers[key] ?? key);
  try {
    const args = [here("../../dist/bulk/rounds.js"), port, values.count, values.rounds];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
    console.log(
      `\nAgainst ${key === "bare" ? "a minimal server" : "the emulator"}, medians of ${values.rounds} interleaved rounds:\n`,
    );
    printTable(JSON.parse(stdout));
  } finally {
    server.kill();
  }
}
console.log(`\nNode ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`);
